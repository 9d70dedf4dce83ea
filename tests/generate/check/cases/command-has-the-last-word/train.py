import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--depth", type=int, default=1)
parser.add_argument("--width", type=int, default=1)
args = parser.parse_args()
run = wandb.init()
run.log({"loss": args.lr * args.depth * args.width})
