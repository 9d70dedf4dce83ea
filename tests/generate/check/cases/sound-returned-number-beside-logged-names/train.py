import wandb


def train():
    run = wandb.init()
    accuracy = run.config.lr
    run.log({"accuracy": accuracy})
    return accuracy
