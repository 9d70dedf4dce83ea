import argparse
from dataclasses import asdict, dataclass

import wandb


@dataclass
class Settings:
    lr: float = 0.1
    batch_size: int = 2


settings = Settings()


def step():
    return settings.lr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--batch_size", type=int, default=2)
    args = parser.parse_args()
    settings = Settings(lr=args.lr, batch_size=args.batch_size)
    run = wandb.init(config={**asdict(settings), "version": 1})
    for _ in range(settings.batch_size):
        run.log({"loss": step()})


main()
