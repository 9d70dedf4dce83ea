import argparse

import wandb


def read():
    parser = argparse.ArgumentParser("train.py")
    add = parser.add_argument
    add("--lr", type=float)
    add("--depth", type=int, default=1)
    return parser.parse_args()


args = read()
with wandb.init(config=args) as run:
    run.log({"loss": args.lr * args.depth})
