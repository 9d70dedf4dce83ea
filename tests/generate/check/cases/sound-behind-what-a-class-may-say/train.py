import argparse
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


parser = argparse.ArgumentParser()
parser.add_argument("--wide", action="store_true")
parser.parse_known_args(namespace=Flags)
run = wandb.init()
settings = Settings(run.config.lr, run.config.decay, True)
for _ in range(3):
    run.log({"loss": loss(settings, run.config.width)})
