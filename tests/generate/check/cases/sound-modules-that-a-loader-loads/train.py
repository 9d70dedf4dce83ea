import argparse

import trainers
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--trainer", default="plain")
args = parser.parse_args()
wandb.init(config=args)
getattr(trainers, args.trainer).Trainer().train(args.lr)
