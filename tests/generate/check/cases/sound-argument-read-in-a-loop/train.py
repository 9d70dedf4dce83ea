import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--depth", type=int, default=2)
args = parser.parse_args()
run = wandb.init()
for epoch in range(2):
    run.log({"loss": args.lr * args.depth})
    vars(args).update(run.config)
