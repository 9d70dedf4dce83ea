import argparse

import settings
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--quick", action="store_true")
args, rest = parser.parse_known_args()
if rest:
    print(f"Not options of this program: {rest}")
wandb.init()
for key in wandb.config.keys():
    print(key, getattr(wandb.config, key))
chosen = settings.load("settings.json")
chosen.lr = wandb.config.lr
wandb.log({"loss": chosen.lr if args.quick else chosen.lr * 2})
