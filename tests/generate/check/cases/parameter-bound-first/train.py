import wandb


def fit(lr, width=3):
    width = 8
    return lr * width


run = wandb.init()
run.log({"loss": fit(run.config.lr, width=run.config.width)})
