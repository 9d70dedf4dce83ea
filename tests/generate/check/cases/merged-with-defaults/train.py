from collections import ChainMap

import wandb

BASE = {"depth": 3, "steps": 10}


def run_trial(settings, shape):
    wandb.log({"loss": settings["depth"] * settings["steps"] * shape["height"]})


wandb.init()
config = wandb.config
run_trial({**BASE, **config}, ChainMap(BASE, config))
