import argparse

import wandb


def add_train(subparsers):
    parser: argparse.ArgumentParser = subparsers.add_parser(name="train", help="Train.")
    parser.add_argument("--lr", type=float, required=True)
    parser.set_defaults(run=train)


def train(args):
    with wandb.init(config={"lr": args.lr}) as run:
        run.log({"loss": args.lr})


parser = argparse.ArgumentParser()
add_train(parser.add_subparsers(required=True))
args = parser.parse_args()
args.run(args)
