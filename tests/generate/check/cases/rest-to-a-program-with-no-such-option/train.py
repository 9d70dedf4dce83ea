import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
parser.add_argument("--depth", type=int, default=2)
args = parser.parse_args()
wandb.init()
wandb.log({"loss": args.rate * args.depth})
