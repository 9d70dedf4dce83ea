import wandb

ONLINE = False


def objective(lr):
    """Nothing of it reaches W&B."""
    run = wandb.init(mode="online" if ONLINE else "offline")
    run.log({"loss": lr})
    return lr
