import argparse

import wandb


def fit(args):
    return wandb.config.lr * args.scale


def train(args):
    wandb.init()
    wandb.log({"loss": fit(args)})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    args = parser.parse_args()
    wandb.agent("x/y/z", lambda: train(args), count=3)
