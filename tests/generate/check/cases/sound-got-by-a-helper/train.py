import json
from functools import partial

import wandb


def get(config, name, default):
    return getattr(config, name, default)


def pick(config, name, default):
    return config[name] if name in config else default


def train(settings, run):
    for step in range(3):
        run.log({"loss": settings["lr"] * sum(pick(settings, key, 0) for key in settings)})


run = wandb.init()
fetch = partial(get, run.config)
train({"lr": get(run.config, "lr", 0.1), "heads": fetch("heads", 1)}, run)
given = {"width": pick(run.config, "width", 1), "dropout": pick(run.config, "dropout", 0.1)}
with open("given.json", "w") as file:
    json.dump({**given}, file)
