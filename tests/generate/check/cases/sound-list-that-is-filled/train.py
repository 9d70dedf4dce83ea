import sys

import wandb


def train(config, paths):
    samples = []
    for path in paths:
        samples.append(path)
    if not samples:
        return
    for place, _ in enumerate(samples):
        wandb.log({"loss": config.lr / (place + 1)})


run = wandb.init()
train(run.config, sys.argv)
