import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--data", default="large")
parser.add_argument("--width", type=int, default=8)
args = parser.parse_args()
if args.data == "small":
    args.width = 4
elif args.data == "large":
    args.width = 64
with wandb.init() as run:
    run.log({"val_loss": 1 / args.width})
