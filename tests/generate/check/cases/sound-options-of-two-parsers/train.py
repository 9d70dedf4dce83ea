import argparse

import wandb

first = argparse.ArgumentParser(add_help=False)
first.add_argument("--lr", type=float)
known, rest = first.parse_known_args()
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
if known.lr is None:
    parser.add_argument("--depth", type=int)
else:
    parser.add_argument("--depth", type=float)
args = parser.parse_args()
with wandb.init(config=args) as run:
    run.log({"loss": args.lr})
