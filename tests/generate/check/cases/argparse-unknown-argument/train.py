import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()
args.depth = 3
wandb.init(config=args)
for _ in range(3):
    wandb.log({"loss": args.seed * args.depth / args.width})
