import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--decay", type=float, default=0.1)
args = parser.parse_args()
run = wandb.init(config=args)
for _ in range(3):
    run.log({"loss": args.lr * run.config.decay})
