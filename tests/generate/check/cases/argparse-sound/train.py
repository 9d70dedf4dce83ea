import argparse
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--depth", type=int, choices=[1, 2], default=1)
args = parser.parse_args()
with wandb.init(config=args) as run:
    run.log({"loss": args.lr * args.depth})
