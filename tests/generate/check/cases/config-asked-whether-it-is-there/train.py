import wandb


def fit(run, config=None):
    lr = config.lr if config else 0.1
    made = {"optimizer": "adam"}
    run.log({"loss": lr * len(made["optimizer"])})


run = wandb.init()
fit(run, run.config)
