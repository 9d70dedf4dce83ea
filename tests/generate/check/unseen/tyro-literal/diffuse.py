from dataclasses import dataclass, field
from typing import Literal

import tyro
import wandb


@dataclass(frozen=True)
class Optim:
    lr: float = 1e-4


@dataclass(frozen=True)
class Config:
    optim: Optim = field(default_factory=Optim)
    noise: Literal["linear", "cosine"] = "linear"
    num_steps: int = 100


if __name__ == "__main__":
    config = tyro.cli(Config)
    with wandb.init(config=config.__dict__) as run:
        for step in range(config.num_steps):
            run.log({"fid": 1 / (1 + step * config.optim.lr), "noise": config.noise})
