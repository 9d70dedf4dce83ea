from dataclasses import dataclass

import wandb


@dataclass
class Settings:
    lr: float
    kind: str


def score(settings):
    match settings:
        case Settings(lr=rate, kind="a"):
            return rate
        case Settings(rate, "b"):
            return -rate
    raise ValueError


run = wandb.init()
run.log({"loss": score(Settings(**run.config))})
