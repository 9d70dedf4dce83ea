import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--no_bias", dest="bias", action="store_false")
parser.add_argument("--fast", action="store_true")
parser.add_argument("--width", type=int, default=2)
args = parser.parse_args()
run = wandb.init(config=args)
run.log({"loss": args.width if args.bias and args.fast else 0})
