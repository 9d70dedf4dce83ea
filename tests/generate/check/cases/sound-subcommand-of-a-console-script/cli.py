import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=1)
train = parser.add_subparsers(required=True).add_parser("train")
train.add_argument("--lr", type=float)
args = parser.parse_args()
with wandb.init() as run:
    run.log({"loss": args.lr * args.threads})
