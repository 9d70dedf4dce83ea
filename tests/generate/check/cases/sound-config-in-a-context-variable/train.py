from contextvars import ContextVar

import wandb

CONFIG = ContextVar("config")


def score():
    return CONFIG.get().lr


run = wandb.init()
CONFIG.set(run.config)
run.log({"loss": score()})
