import json

import wandb


def load(path):
    with open(path) as stream:
        found = json.load(stream)
    found["heads"] = found["num_heads"]
    return found


config = load("base.json")
wandb.init(config={**config, "rows": 3})
config.update(wandb.config)
wandb.log({"loss": config["lr"] * config["heads"] * config["rows"]})
