import argparse

import wandb


def main(lr, epochs):
    acc = 0.0
    for _ in range(epochs):
        acc += lr * (1 - acc)
        wandb.log({"acc": acc})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--epochs", type=int, default=10)
    args = parser.parse_args()
    wandb.init(project="macros", config=vars(args))
    main(args.lr, args.epochs)
