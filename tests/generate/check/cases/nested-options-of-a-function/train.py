from dataclasses import dataclass

import tyro
import wandb


@dataclass
class Net:
    width: int = 1


@dataclass
class Config:
    net: Net


def main(config: Config) -> None:
    with wandb.init(config=vars(config.net)) as run:
        run.log({"loss": config.net.width})


tyro.cli(main)
