import wandb


def wide(config):
    wandb.log({"size": config.width})


def deep(config):
    wandb.log({"size": config.depth})
