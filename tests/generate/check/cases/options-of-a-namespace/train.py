import argparse
from types import SimpleNamespace

import wandb

defaults = SimpleNamespace(lr=0.1, margin=3)
parser = argparse.ArgumentParser()
for name, value in vars(defaults).items():
    parser.add_argument("--" + name, type=type(value), default=value)
args = parser.parse_args()
run = wandb.init(config=vars(args))
run.log({"loss": args.lr * defaults.margin})
