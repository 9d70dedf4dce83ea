import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
args = parser.parse_args()
wandb.init().log({"loss": args.lr})
