from dataclasses import dataclass, field
import tyro
import wandb

@dataclass
class Optim:
    learning_rate: float = 0.1

@dataclass
class Args:
    optim: Optim = field(default_factory=Optim)
    depth: int = 1

args = tyro.cli(Args)
wandb.init()
wandb.log({"loss": args.optim.learning_rate * args.depth})
