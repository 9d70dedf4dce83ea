import argparse

import wandb


class Net:
    def __init__(self, args):
        self.decay = args.weight_decay
        self.lr = args.lr

    def loss(self):
        return self.lr


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--weight_decay", type=float)
args = parser.parse_args()
run = wandb.init(config=vars(args))
run.log({"loss": Net(args).loss()})
