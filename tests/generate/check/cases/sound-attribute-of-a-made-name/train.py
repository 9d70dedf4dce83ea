import sys

import wandb


class Settings:
    pass


def weigh(settings, momentum):
    if settings.optimizer == "sgd":
        return momentum * 2
    return 0


run = wandb.init()
settings = Settings()
settings.optimizer = run.config.optimizer
for word in sys.stdin:
    name, _, value = word.strip().partition("=")
    setattr(settings, name, value)
run.log({"loss": weigh(settings, run.config.momentum)})
