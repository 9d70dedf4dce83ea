import wandb


def train():
    run = wandb.init()
    train_loss = run.config.lr
    run.log({"train_loss": train_loss})
    return "model", train_loss
