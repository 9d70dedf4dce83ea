import argparse
from pathlib import Path

import wandb
from graphs.config import load_all

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--base", required=True)
parser.add_argument("--save_to", required=True)
parser.add_argument("--kept", required=True)
parser.add_argument("--preset", required=True)
args = parser.parse_args()
settings = load_all(args.base, args.kept, Path("presets") / args.preset)
settings.write(args.save_to)
wandb.init(config=settings)
wandb.log({"loss": args.lr})
