import argparse
import wandb

parser = argparse.ArgumentParser()
commands = parser.add_subparsers()
train = commands.add_parser("train")
train.add_argument("--lr", type=float)
train.add_argument("--depth", type=int)
args = parser.parse_args()
wandb.init(config=args)
wandb.log({"loss": args.lr * args.depth})
