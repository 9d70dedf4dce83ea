from dataclasses import dataclass

import tyro
import wandb


@dataclass
class Args:
    fast: bool = False


args = tyro.cli(Args, config=(tyro.conf.FlagConversionOff,))
wandb.init()
wandb.log({"loss": 1 if args.fast else 2})
