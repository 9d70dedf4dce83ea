import argparse
import sys

import wandb
import yaml


def optimize(options):
    if options["optimizer"] == "sgd":
        return options["lr"] * options["momentum"]
    return options["lr"]


def save(options):
    print(options["folder"] + "/last.txt")


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--momentum", type=float, default=0.9)
parser.add_argument("--optimizer", default="adam")
parser.add_argument("--folder", default=None)
options = vars(parser.parse_args())
if options["momentum"] > 0.85:
    options["optimizer"] = "sgd"
wandb.init(config=options)
save(yaml.safe_load(sys.stdin) if options["folder"] is None else options)
wandb.log({"loss": optimize(options)})
