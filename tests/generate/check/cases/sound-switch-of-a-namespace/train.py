import argparse

import wandb


def train(args):
    for _ in range(args.epochs):
        if not args.quiet:
            wandb.log({"val_loss": args.lr})


def objective():
    config = wandb.init().config
    train(argparse.Namespace(lr=config.lr, epochs=3, quiet=False))
