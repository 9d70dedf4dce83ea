import argparse

import wandb
import yaml


def train():
    with wandb.init() as run:
        run.log({"loss": run.config.scale * 0.5})


parser = argparse.ArgumentParser()
parser.add_argument("--mode", default="once", choices=["once", "sweep"])
parser.add_argument("--file", default="sweep.yaml")
args = parser.parse_args()
if args.mode == "sweep":
    with open(args.file) as stream:
        sweep_id = wandb.sweep(yaml.safe_load(stream))
    wandb.agent(sweep_id, function=train)
