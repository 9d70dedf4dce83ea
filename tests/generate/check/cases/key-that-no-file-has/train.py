import json

import wandb


def load(path):
    with open(path) as stream:
        return json.load(stream)


config = load("base.json")
wandb.init(config=config)
config.update(wandb.config)
wandb.log({"loss": config["lr"] * config["heads"]})
