import argparse

try:
    import wandb
except ImportError:
    wandb = None

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--quiet", action="store_true")
args = parser.parse_args()
if wandb and not args.quiet:
    wandb.init(config=args)
    wandb.log({"loss": args.lr})
