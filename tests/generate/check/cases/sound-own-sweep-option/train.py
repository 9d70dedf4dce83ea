import argparse

import wandb

SWEEP = {"method": "grid", "parameters": {"lr": {"values": [0.1, 0.01]}}}


def train(lr):
    with wandb.init(config={"lr": lr}) as run:
        weight = 1.0
        for _ in range(3):
            weight -= lr * weight
            run.log({"loss": weight**2})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--sweep", action="store_true")
    args = parser.parse_args()
    if args.sweep:
        wandb.agent(wandb.sweep(SWEEP), function=lambda: train(args.lr))
    else:
        train(args.lr)
