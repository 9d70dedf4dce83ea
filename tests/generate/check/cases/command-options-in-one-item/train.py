import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--epochs", default="3")
parser.add_argument("--note", default="")
args = parser.parse_args()
with wandb.init() as run:
    run.log({"val_loss": args.lr, "epochs": args.epochs, "note": args.note})
