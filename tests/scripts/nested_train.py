"""A program that reads nested and dotted names, lists, a dict and a boolean."""

import wandb

with wandb.init() as run:
    config = run.config
    loss = config.lr * config.depth + config["model"]["width"] + sum(config["model"]["sizes"])
    first, second = config["a.b"]["c"]
    run.log({"loss": loss + (first is True) + (second is None) + (config["on"] is True)})
