import argparse
import os
import random

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--folder")
parser.add_argument("--name", default=None)
parser.add_argument("--limit", type=int)
parser.add_argument("--seed", type=int)
args = parser.parse_args()
run = wandb.init(config=args)
random.seed(args.seed)
settings = wandb.config
print(os.path.join(args.folder, "last.txt"))
print(settings.name + ".txt")
if args.limit is not None and args.limit > 3:
    print(range(args.limit))
run.log({"loss": args.lr})
