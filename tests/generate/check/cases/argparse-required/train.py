import argparse
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--depth", type=int)
parser.add_argument("--data", required=True)
args = parser.parse_args()
wandb.init(config=args)
wandb.log({"loss": args.lr * args.depth, "data": args.data})
