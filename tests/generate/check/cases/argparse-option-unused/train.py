import argparse
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--depth", type=int)
args = parser.parse_args()
wandb.init(project="p")
wandb.log({"loss": args.lr})
