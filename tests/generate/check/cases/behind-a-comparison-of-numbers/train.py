import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--warmup", type=int, default=0)
parser.add_argument("--warmup-rate", type=float, default=0.1)
args = parser.parse_args()
wandb.init(config=vars(args))
rate = args.lr
if args.warmup > 0:
    rate *= args.warmup_rate
wandb.log({"loss": rate})
