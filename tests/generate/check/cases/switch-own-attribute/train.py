import argparse

import wandb

OFFLINE = True


class Training:
    silent = True

    def __init__(self, lr, track=False):
        self.lr = lr
        self.track = track

    def speak(self):
        self.silent = False

    def run(self, depth):
        if not self.silent:
            print(depth)
        if self.track:
            wandb.init()
        for step in range(depth):
            if self.track:
                wandb.log({"loss": self.lr})


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--depth", type=int, default=1)
args = parser.parse_args()
Training(args.lr, track=not OFFLINE).run(args.depth)
