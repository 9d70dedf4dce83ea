import argparse

import wandb


class Optimizer:
    def __init__(self, kind, lr, momentum):
        self.kind = kind
        self.lr = lr
        self.momentum = momentum

    def step(self):
        if self.kind == "sgd":
            return self.lr * self.momentum
        return self.lr


parser = argparse.ArgumentParser()
parser.add_argument("--kind", default="adam")
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--momentum", type=float, default=0.9)
args = parser.parse_args()
run = wandb.init()
optimizer = Optimizer(args.kind, args.lr, momentum=args.momentum)
run.log({"loss": optimizer.step()})
