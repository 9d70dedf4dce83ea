# What is read before, only may be bound again, or is made of what was there is no other value.
import os

import wandb


def train():
    run = wandb.init()
    lr = run.config.lr
    lr = lr * 2
    layers = run.config.layers
    if "LAYERS" in os.environ:
        layers = int(os.environ["LAYERS"])
    seed = run.config.seed
    for _ in range(3):
        run.log({"loss": lr * layers * seed})
        seed = 4


if __name__ == "__main__":
    wandb.agent("id", function=train)
