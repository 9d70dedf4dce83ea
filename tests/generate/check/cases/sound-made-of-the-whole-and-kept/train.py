import argparse

import wandb
from fit import score


class Net:
    def __init__(self, lr, **others):
        self.rate = lr
        self.others = others

    def loss(self):
        return self.rate * self.others["drop"]


class Same:
    def __init__(self, lr, drop):
        vars(self).update(locals())


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--drop", type=float)
args = parser.parse_args()
net = Net(**vars(args))
same = Same(**vars(args))
run = wandb.init()
run.log({"loss": net.loss() + score(net) + same.drop})
