import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--lr", type=float, default=0.1)
args, _ = parser.parse_known_args()


def step(w, lr):
    return w - lr * w


def train():
    wandb.init(project="search", config=args)
    w = 1.0
    for epoch in range(args.epochs):
        w = step(w, args.lr)
        wandb.log({"epoch": epoch, "weight": w})


if __name__ == "__main__":
    train()
