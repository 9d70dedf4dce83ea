import sys

import wandb


def start(config, kind):
    if kind == "adam":
        return 1
    elif kind == "sgd" and len(sys.argv) < 9:
        return 2
    return config.decay


run = wandb.init()
run.log({"loss": start(run.config, run.config.kind)})
