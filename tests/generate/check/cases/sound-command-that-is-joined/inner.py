import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
args = parser.parse_args()
run = wandb.init(resume="allow")
run.log({"loss": args.lr})
