import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--model", default="deep")
parser.add_argument("--heads", type=int, default=1)
parser.add_argument("--epochs", type=int, default=3)
args = parser.parse_args()
wandb.init()
scale = args.lr
if args.model == "deep":
    scale *= args.heads
if args.epochs != 0:
    wandb.log({"loss": scale})
