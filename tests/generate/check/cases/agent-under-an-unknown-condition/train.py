import functools
import json
import sys

import wandb


def train(data, factor):
    with wandb.init() as run:
        run.log({"loss": run.config.scale * run.config.depth * factor * len(data)})


def main(settings):
    if "sweep" in settings:
        sweep_id = wandb.sweep(settings["sweep"], project="shapes")
        wandb.agent(sweep_id, function=functools.partial(train, [1, 2], settings["factor"]))


with open(sys.argv[1]) as stream:
    main(json.load(stream))
