import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--device", default="cpu")
parser.add_argument("--verbose", action="store_true")
parser.add_argument("--shuffle", action=argparse.BooleanOptionalAction, default=True)
args = parser.parse_args()
run = wandb.init(config=vars(args))
run.log({"loss": args.lr * args.epochs})
