import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--scale", type=int)
args = parser.parse_args()
with wandb.init(config=args) as run:
    run.log({"loss": args.scale * 0.5})
