import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--wandb", action="store_true")
parser.add_argument("--logger", default="wandb")
parser.add_argument("--debug", action="store_true")
args = parser.parse_args()

if not args.wandb or args.debug:
    raise SystemExit("nothing to do")
if args.logger == "wandb" and not args.debug:
    wandb.init(config=args, mode="disabled" if args.debug else "online")
    wandb.log({"loss": args.lr})
