import os

import wandb
import yaml


def load(name):
    with open(os.path.join(os.getcwd(), name)) as file:
        return yaml.safe_load(file)


config = load("settings/config.yaml")
options = config["options"]
options.update({"epochs": 3})


if options["wandb"]:
    wandb.init(config=config)
weight = 1.0
for _ in range(options.get("epochs")):
    weight -= wandb.config.lr * weight
    if options["wandb"]:
        wandb.log({"loss": weight})
