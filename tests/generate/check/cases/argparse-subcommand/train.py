import argparse
import wandb

parser = argparse.ArgumentParser()
commands = parser.add_subparsers()
train = commands.add_parser("train")
group = train.add_argument_group("model")
group.add_argument("--lr", type=float)
group.add_argument("--depth", type=int, required=True)
args = parser.parse_args()
wandb.init(config=args)
wandb.log({"loss": args.lr * args.depth})
