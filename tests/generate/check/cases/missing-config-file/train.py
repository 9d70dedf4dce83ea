import argparse
import json

import wandb
import yaml


def load(name):
    with open(name) as file:
        return yaml.safe_load(file)


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--settings", required=True)
parser.add_argument("--base", default="other.yaml")
parser.add_argument("--more", default="more.json")
args = parser.parse_args()
settings = load(args.settings)
with open(args.base) as base:
    settings |= yaml.safe_load(base)
try:
    settings |= json.load(open(args.more))
except FileNotFoundError:
    pass
wandb.init(config=settings)
for step in range(settings["steps"]):
    wandb.log({"loss": args.lr})
