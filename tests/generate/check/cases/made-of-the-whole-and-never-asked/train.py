import argparse

import torch
import wandb
from torch import nn


class Net(nn.Module):
    def __init__(self, lr, drop=0.5, **others):
        super().__init__()
        self.rate = lr


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--drop", type=float)
parser.add_argument("--steps", type=int, default=3)
args = parser.parse_args()
net = torch.compile(Net(**vars(args)))
run = wandb.init()
run.log({"loss": net.rate * args.steps})
