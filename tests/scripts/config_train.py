"""A program that reads `wandb.config`."""

import wandb

run = wandb.init()
wandb.log({"loss": (wandb.config.lr - 0.1) ** 2 + wandb.config["depth"]})
