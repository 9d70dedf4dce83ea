import argparse
from enum import Enum

import wandb

MODELS = {"mlp": lambda: 1, "cnn": lambda: 2}
OPTIMS = ["sgd", "adam"]
LOSSES = {}
LOSSES["mse"] = abs
LOSSES["huber"] = abs


class Colour(Enum):
    RED = "red"
    GREEN = "green"


parser = argparse.ArgumentParser()
parser.add_argument("--model", choices=MODELS.keys())
parser.add_argument("--optim", choices=list(OPTIMS))
parser.add_argument("--loss", choices=LOSSES)
parser.add_argument("--colour", choices=[c.value for c in Colour])
parser.add_argument("--size", type=int, choices=range(1, 5))
args = parser.parse_args()
wandb.init()
wandb.log({"score": MODELS[args.model]() + args.size, "of": [args.optim, args.loss, args.colour]})
