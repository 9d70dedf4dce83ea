import argparse

import wandb
from some_trainer import Trainer

parser = argparse.ArgumentParser()
parser = Trainer.add_argparse_args(parser)

parser.add_argument("--cosine", type=bool, default=False)
args = parser.parse_args()
wandb.init(config=args)
for _ in range(args.max_epochs):
    wandb.log({"loss": 0.5 if args.cosine else 1.0})
