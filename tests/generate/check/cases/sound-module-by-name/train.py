import argparse
import importlib
import os

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=2)
parser.add_argument("--depth", type=int, default=2)
args = parser.parse_args()
run = wandb.init(config=args)
engine = importlib.import_module("engines." + os.environ["ENGINE"])
engine.fit(run, args)
