import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
args = parser.parse_args()
with wandb.init(config=args) as run:
    run.log({"loss": args.lr})
