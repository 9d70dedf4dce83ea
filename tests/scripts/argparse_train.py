"""An argparse program, with a module and a data file of its own."""

import argparse
from pathlib import Path

import wandb
from helpers.model import loss

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, required=True)
parser.add_argument("--depth", type=int, default=1)
parser.add_argument("-v", action="store_true")
args = parser.parse_args()

with wandb.init(config=vars(args)) as run:
    offset = float(Path("data/offset.txt").read_text())
    run.log({"loss": loss(args.lr, args.depth) + offset})
