import wandb


def train():
    run = wandb.init()
    lr = float(run.config.lr)
    run.log({"loss": lr})
