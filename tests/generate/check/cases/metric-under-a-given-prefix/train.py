import wandb


def report(split, loss):
    wandb.log({f"{split}/loss": loss})


run = wandb.init()
report("train", run.config.lr)
report("val", run.config.lr / 2)
