import wandb


def report(loss):
    wandb.log({"loss": loss})
