import argparse

import wandb
import yaml

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--base", default="mine")
args = parser.parse_args()
with open("configs/" + args.base + ".yaml") as file:
    steps = yaml.safe_load(file)["steps"]
wandb.init(config=args)
for step in range(steps):
    wandb.log({"loss": args.lr})
