import argparse

import wandb


class Solver:
    def __init__(self, args, run):
        self.args, self.run = args, run

    def solve(self):
        if self.args.aug == "rotate":
            print("rotated")
        self.run.log({"loss": self.args.lr})


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--aug")
args = parser.parse_args()
Solver(args, wandb.init(config=args)).solve()
