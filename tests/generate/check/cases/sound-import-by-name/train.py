import argparse
import importlib

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="small")
parser.add_argument("--width", type=int, default=2)
args = parser.parse_args()
run = wandb.init(config=args)
model = importlib.import_module(f"nets.{args.model}").make(args)
for _ in range(3):
    run.log({"loss": model.loss()})
