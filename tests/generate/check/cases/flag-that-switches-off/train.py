import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--bias", action="store_false")
parser.add_argument("--width", type=int, default=2)
args = parser.parse_args()
run = wandb.init(config=args)
run.log({"loss": args.width if args.bias else 0})
