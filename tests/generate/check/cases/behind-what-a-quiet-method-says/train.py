import argparse

import torch
import wandb


class Trainer:
    def __init__(self, args):
        self.args = args

    def train(self):
        for step in range(3):
            wandb.log({"loss": self.args.lr * step})
            if self.args.every and step % self.args.every == 0:
                self.measure()

    @torch.no_grad()
    def measure(self):
        wandb.log({"best": self.args.lr})


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--every", type=int, default=0)
wandb.init()
Trainer(parser.parse_args()).train()
