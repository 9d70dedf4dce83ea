import argparse

import wandb


def train(args):
    with wandb.init():
        wandb.log({"loss": args.lr})


def main(args):
    if args.train:
        train(args)
    elif args.test:
        print(args.lr)
    else:
        raise NotImplementedError("Say what to do.")


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--train", action="store_true")
parser.add_argument("--test", action="store_true")
main(parser.parse_args())
