from dataclasses import dataclass

import tyro
import wandb


@dataclass
class Model:
    width: int = 3

    def size(self):
        return self.width * 2


@dataclass
class Args:
    model: Model
    lr: float = 0.1
    envs: int = 1
    steps: int = 8
    track: bool = False
    quiet: bool = True
    silent: bool = True

    def batch(self):
        return self.envs * self.steps

    @property
    def rounds(self):
        return 3


args = tyro.cli(Args, default=Args(silent=False))
if args.track and not args.quiet:
    wandb.init(config=vars(args))
for step in range(args.rounds):
    if not args.silent:
        wandb.log({"loss": args.lr * step * args.batch() * args.model.size()})
