import wandb


def build():
    return wandb.config.filters
