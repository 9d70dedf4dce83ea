import wandb


def train():
    run = wandb.init()
    run.log({"testing_loss": run.config["lr"]})
