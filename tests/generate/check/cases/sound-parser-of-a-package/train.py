from dataclasses import dataclass

import wandb
from somelib import ArgumentParser


@dataclass
class Model:
    depth: int = 2
    width: int = 2


args = ArgumentParser(Model).parse_args()
wandb.init()
wandb.log({"loss": args.depth * args.width})
