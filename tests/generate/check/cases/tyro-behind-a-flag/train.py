from dataclasses import dataclass

import tyro
import wandb


@dataclass
class Args:
    lr: float = 0.1
    tau: float = 0.2
    track: bool = False


args = tyro.cli(Args)
if args.track:
    wandb.init(config=vars(args))
for step in range(3):
    if args.track:
        wandb.log({"loss": args.lr * step})
