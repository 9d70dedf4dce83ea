import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--wandb", action="store_true")
args = parser.parse_args()


def start():
    wandb.init(config=args)


if args.wandb:
    start()
loss = args.lr
if args.wandb:
    wandb.log({"loss": loss})
