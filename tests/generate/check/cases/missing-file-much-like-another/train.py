import argparse

import wandb
import yaml

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--config", default="config")
args = parser.parse_args()
with open(f"{args.config}.yaml") as file:
    settings = yaml.safe_load(file)
run = wandb.init()
run.log({"loss": args.lr * settings["width"]})
