import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
parser.add_argument("--width", type=int)
args = parser.parse_args()
wandb.init()
wandb.log({"val_loss": args.rate * args.width})
