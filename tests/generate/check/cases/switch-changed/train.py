import argparse
import json

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--wandb", action="store_true")
args = parser.parse_args()
for key, value in json.load(open("settings.json")).items():
    setattr(args, key, value)
if args.wandb:
    wandb.init(config=args)
    wandb.log({"loss": args.lr})
