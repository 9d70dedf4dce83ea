import argparse

import wandb

run = wandb.init()
words = []
for key, value in run.config.items():
    words += [f"--{key.replace('_', '-')}", str(value)]
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--depth", type=int)
parser.add_argument("--batch-size", type=int, default=4)
args = parser.parse_args(words)
for step in range(args.batch_size):
    run.log({"loss": args.lr * args.depth})
