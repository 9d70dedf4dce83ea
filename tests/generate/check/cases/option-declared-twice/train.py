import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--remark", default="")
parser.add_argument("-r", "--remark", default="none")
args = parser.parse_args()
with wandb.init(config=args) as run:
    run.log({"loss": args.lr, "remark": args.remark})
