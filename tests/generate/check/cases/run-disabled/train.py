import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--online", action="store_true")
args = parser.parse_args()
wandb.init(config=args, mode="online" if args.online else "disabled")
wandb.log({"loss": args.lr})
