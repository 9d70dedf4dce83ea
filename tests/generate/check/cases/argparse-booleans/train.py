import argparse
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--fast", type=bool, default=False)
parser.add_argument("--deep", action="store_true")
args = parser.parse_args()
wandb.init(config=args)
wandb.log({"loss": args.fast + args.deep})
