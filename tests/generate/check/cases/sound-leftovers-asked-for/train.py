import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
args, rest = parser.parse_known_args()
deep = False
if any(word.startswith("--dep") for word in rest):
    deep = True
wandb.init()
wandb.log({"loss": args.lr * 2 if deep else args.lr})
