import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--tag", action="append")
parser.add_argument("--lr", type=float, default=0.1)
args = parser.parse_args()
run = wandb.init(config=args)
run.log({"loss": run.config.lr * len(args.tag)})
