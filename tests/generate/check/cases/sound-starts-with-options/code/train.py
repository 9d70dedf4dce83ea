import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--depth", type=int)
parser.add_argument("data", nargs="*")
args = parser.parse_args()

run = wandb.init()
for epoch in range(3):
    run.log({"val/loss": args.lr * args.depth * run.config.seed})
