"""A program that is started with `-m`, in a package with modules of its own."""

import argparse
import importlib

import wandb

from . import loss

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, required=True)
parser.add_argument("--depth", type=int, default=1)
args = parser.parse_args()
factor = importlib.import_module("package.parts.named").FACTOR

with wandb.init(config=vars(args)) as run:
    run.log({"loss": factor * loss.loss(args.lr, args.depth)})
