import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("opts", default=None, nargs=argparse.REMAINDER)
args = parser.parse_args()
args.opts.append("seed=1")
run = wandb.init()
run.log({"loss": args.lr * len(args.opts)})
