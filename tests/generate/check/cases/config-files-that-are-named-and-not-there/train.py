import argparse

import wandb
from graphs.config import load_all

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--base", required=True)
parser.add_argument("--extra", required=True)
args = parser.parse_args()
settings = load_all(args.base, args.extra)
wandb.init(config=settings)
wandb.log({"loss": args.lr})
