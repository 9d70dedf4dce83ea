import wandb


def train(rate, wandb, run_name):
    print(run_name)
    wandb.log({"loss": rate})


def prepare():
    run = wandb.init()
    return run.config.lr, wandb, run.name


train(*prepare())
