import argparse

import wandb


def step(weight, rate, layers):
    return weight - rate * weight


def train(args):
    depth = args.depth
    weight = 1.0
    for _ in range(3):
        weight = step(weight, args.lr, layers=depth)
        wandb.log({"loss": weight})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--depth", type=int, default=2)
    args = parser.parse_args()
    wandb.init(config=args)
    train(args)
