import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--kind", type=str.lower, default="adam")
parser.add_argument("--momentum", type=float, default=0.9)
args = parser.parse_args()
run = wandb.init()
step = 0.1
if args.kind == "sgd":
    step *= args.momentum
run.log({"loss": step})
