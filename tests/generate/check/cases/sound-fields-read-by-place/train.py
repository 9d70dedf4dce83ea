from typing import NamedTuple

import wandb


class Settings(NamedTuple):
    lr: float
    width: int


run = wandb.init()
rate, size = Settings(**run.config)
run.log({"loss": rate * size})
