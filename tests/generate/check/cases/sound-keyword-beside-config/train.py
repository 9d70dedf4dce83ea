import wandb


def train(**settings):
    run = settings.pop("run")
    fit(run, **settings)


def fit(run, lr, depth=2):
    run.log({"loss": lr * depth})


run = wandb.init()
train(run=run, **run.config)
