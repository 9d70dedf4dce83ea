from dataclasses import dataclass

import wandb


class Flags:
    wide = False


@dataclass
class Settings:
    lr: float = 0.1
    decay: float = 0.0
    decays: bool = False


def loss(settings, width):
    weight = settings.lr
    if settings.decays:
        weight -= settings.decay
    if Flags.wide:
        weight *= width
    return weight


run = wandb.init()
settings = Settings(lr=run.config.lr, decay=run.config.decay)
for _ in range(3):
    run.log({"loss": loss(settings, run.config.width)})
