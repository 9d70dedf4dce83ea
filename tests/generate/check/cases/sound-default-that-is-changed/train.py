import json

import wandb

DEFAULTS = {"lr": 0.1, "seconds": None, "folder": None}


def fill(settings):
    with open("private.json") as file:
        settings.update(json.load(file))


def train():
    fill(DEFAULTS)
    wandb.init(config=DEFAULTS)
    config = wandb.config
    print("kept in " + config.folder)
    wandb.log({"loss": config.lr * config.seconds})


train()
