import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--track", action="store_true")
args = parser.parse_args()
if args.track:
    wandb.init(config=vars(args))
for step in range(3):
    if args.track:
        wandb.log({"val_loss": args.lr / (step + 1)})
