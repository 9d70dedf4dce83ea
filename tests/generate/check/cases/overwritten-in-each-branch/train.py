import argparse

import torch
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--data", default="small")
parser.add_argument("--width", type=int, default=8)
parser.add_argument("--depth", type=int, default=1)
args = parser.parse_args()
if torch.cuda.is_available():
    args.width = 64
elif args.data == "small":
    args.width = 4
    args.depth = 2
with wandb.init() as run:
    run.log({"val_loss": args.depth / args.width})
