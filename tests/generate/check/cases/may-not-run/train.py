import logging
import os
from contextlib import suppress

import wandb


def train(config):
    make = {"sgd": lambda: config.momentum, "adam": lambda: config.lr}["adam"]
    with suppress(AttributeError):
        print(config.depth)
    for step in range(3):
        if step % 2:
            continue
        print(config.skipped)
    return make()


def run(config):
    if os.environ.get("LINEAR"):
        wandb.log({"loss": config.lr})
        return
    if config.lr > 1:
        raise ValueError(config.lr)
    print(config.width)


if __name__ == "__main__":
    config = wandb.init(mode=os.environ.get("MODE") or "disabled").config
    if os.environ.get("DEBUG"):
        log = logging.getLogger(__name__)
        log.info("%s", config.verbosity)
    if config.lr > 1:
        raise SystemExit("too large")
    wandb.log({"loss": train(config)})
    print(config.size)
    run(config)
