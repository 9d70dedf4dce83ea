import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--wandb", action="store_true")
args = parser.parse_args()

if args.wandb:
    wandb.init(config=args)
    args = wandb.config
weight = 1.0
for _ in range(3):
    weight -= args.lr * weight
    if args.wandb:
        wandb.log({"loss": weight})
