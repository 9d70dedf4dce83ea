import argparse

import wandb
import yaml

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--file", default="settings.yaml")
args = parser.parse_args()
with open(args.file) as file:
    settings = yaml.safe_load(file)
args = argparse.Namespace(**{**vars(args), **settings})
wandb.init(config=args)
weight = 1.0
for _ in range(args.epochs):
    weight -= args.lr * weight
    wandb.log({"loss": weight / wandb.config.depth})
