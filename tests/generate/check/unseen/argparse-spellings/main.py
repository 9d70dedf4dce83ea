import argparse
import math

import wandb

ACTIVATIONS = ("relu", "gelu", "tanh")


def get_args():
    p = argparse.ArgumentParser()
    p.add_argument("--learning_rate", type=float, default=1e-3)
    p.add_argument("--weight-decay", type=float, default=0.0)
    p.add_argument("--hidden", type=int, default=128)
    p.add_argument("--activation", choices=ACTIVATIONS, default="relu")
    p.add_argument("--dropout", type=float, default=0.1)
    p.add_argument("--steps", type=int, default=200)
    return p.parse_args()


def simulate(args, step):
    width = args.hidden ** 0.5
    noise = args.dropout + args.weight_decay
    bonus = {"relu": 0.0, "gelu": 0.1, "tanh": 0.05}[args.activation]
    return math.exp(-step * args.learning_rate) + noise / width - bonus


def main():
    args = get_args()
    wandb.init(config=args)
    for step in range(args.steps):
        test_loss = simulate(args, step)
        wandb.log({"step": step, "test_loss": test_loss})


if __name__ == "__main__":
    main()
