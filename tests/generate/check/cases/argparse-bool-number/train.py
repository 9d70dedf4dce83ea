import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--exp", type=bool)
args = parser.parse_args()
wandb.init(config=args)
wandb.log({"loss": 1 if args.exp else 2})
