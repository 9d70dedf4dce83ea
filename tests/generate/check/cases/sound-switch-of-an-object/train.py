import argparse

import wandb
import yaml


class Settings:
    def __init__(self, path):
        with open(path) as file:
            values = yaml.safe_load(file)
        self.log = values["log"]
        self.steps = 3


def main(args):
    settings = Settings(args["base"])
    for name, value in args.items():
        setattr(settings, name, value)
    if settings.log:
        wandb.init()
    weight = 1.0
    for _ in range(settings.steps):
        weight -= args["lr"] * weight
        wandb.log({"loss": weight})


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--log", type=int, default=1)
parser.add_argument("--base", default="other.yaml")
main(vars(parser.parse_args()))
