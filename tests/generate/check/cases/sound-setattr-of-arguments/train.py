import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
args = parser.parse_args()
for name, value in (("drop", 0.1), ("size", 3)):
    setattr(args, name, value)
run = wandb.init(config=args)
run.log({"loss": args.lr * args.size * args.drop})
