import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
args = parser.parse_args()
rows = [["loss", 1 - args.lr], ["accuracy", args.lr]]
run = wandb.init(config=args)
for row in rows:
    run.log({row[0]: row[1]})
