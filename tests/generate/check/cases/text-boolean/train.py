import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--augment", default=False)
parser.add_argument("--shuffle", default="False")
args = parser.parse_args()
wandb.init(config=args)
weight = 1.0
for _ in range(3):
    if args.augment:
        weight /= 2
    if args.shuffle == "True":
        weight /= 3
    wandb.log({"loss": weight})
