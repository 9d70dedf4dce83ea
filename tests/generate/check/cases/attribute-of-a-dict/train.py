import json

import wandb


def defaults(path):
    with open(path) as stream:
        return json.load(stream)


def loss(settings, lr):
    return lr * settings.scale


settings = defaults(__file__.replace(".py", ".json"))
with wandb.init() as run:
    run.log({"loss": loss(settings, run.config.lr)})
