import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
args = parser.parse_args()
wandb.init(config=args)
weight = 1.0
for _ in range(3):
    weight -= args.lr * weight
    wandb.log({"loss": weight})
