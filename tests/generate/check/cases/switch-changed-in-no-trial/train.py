import argparse
import json

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--file", default=None)
parser.add_argument("--kind", default="adam")
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--momentum", type=float, default=0.9)
args = parser.parse_args()
if args.file is not None:
    with open(args.file) as file:
        for key, value in json.load(file).items():
            setattr(args, key, value)
run = wandb.init()
step = args.lr
if args.kind == "sgd":
    step *= args.momentum
run.log({"loss": step})
