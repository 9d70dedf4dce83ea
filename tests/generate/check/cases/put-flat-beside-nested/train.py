import random

import wandb
import yaml

PLACES = {"learning_rate": ("optimizer", "lr"), "epsilon": ("optimizer", "epsilon")}


def merged(settings, params):
    for name, value in params.items():
        if name in PLACES:
            part, key = PLACES[name]
            settings[part][key] = value
        elif "." in name:
            part, key = name.split(".")
            settings[part][key] = value
        else:
            settings[name] = value
    return settings


with open("base.yaml") as file:
    base = yaml.safe_load(file)
wandb.init()
config = merged(base, dict(wandb.config))
random.seed(config["seed"])
rate = config["optimizer"]["lr"] * config["optimizer"]["decay"]
for _ in range(3):
    wandb.log({"loss": rate * config["net"]["width"] * random.random()})
