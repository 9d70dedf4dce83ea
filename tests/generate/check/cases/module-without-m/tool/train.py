import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, default=0.1)
args = parser.parse_args()
run = wandb.init(config=args)
run.log({"loss": args.rate})
