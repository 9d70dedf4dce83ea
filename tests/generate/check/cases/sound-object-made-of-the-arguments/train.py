import argparse

import wandb


class Model:
    def __init__(self, lr, width):
        self.size = lr * width

    def loss(self):
        return self.size


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--width", type=int, default=2)
args = parser.parse_args()
wandb.init(config=args)
model = Model(**vars(args))
for _ in range(3):
    wandb.log({"loss": model.loss() / model.size})
