from dataclasses import dataclass

import wandb


@dataclass
class Settings:
    optimizer: str = "sgd"
    beta: float = 0.9
    momentum: float = 0.9
    lr: float = 0.1


def load():
    return Settings(lr=0.2)


def optimize(settings):
    if settings.optimizer == "sgd":
        return settings.lr * settings.momentum
    return settings.lr * settings.beta


run = wandb.init()
settings = load()
settings.optimizer = run.config.optimizer
settings.beta = run.config.beta
settings.momentum = run.config.momentum
settings.lr = run.config.lr
wandb.config.update(vars(settings), allow_val_change=True)
run.log({"loss": optimize(settings)})
