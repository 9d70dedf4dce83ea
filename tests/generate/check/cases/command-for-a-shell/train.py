import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--data", default="data")
parser.add_argument("--mode", default="slow")
parser.add_argument("--note", default="")
args = parser.parse_args()
wandb.init(config=args)
for _ in range(3):
    wandb.log({"loss": args.lr * len(args.data + args.mode + args.note)})
