import argparse
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=1)
parser.add_argument("--depth", type=int, default=1)
args = parser.parse_args()
wandb.init()
wandb.log({"loss": args.lr * args.depth})
