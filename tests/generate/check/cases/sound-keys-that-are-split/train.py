from collections import defaultdict

import wandb


def split(config):
    parts = defaultdict(dict)
    for key, value in config.items():
        part, name = key.split("_", 1)
        parts[part][name] = value
    return parts


def score(lr, width):
    return lr * width


run = wandb.init()
parts = split(run.config)
run.log({"loss": score(**parts["net"], **parts["opt"])})
