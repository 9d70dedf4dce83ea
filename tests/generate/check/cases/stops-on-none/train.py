import argparse

import wandb


class Paths:
    def __init__(self, root):
        self.rows = root.get("rows", None)

    def file(self): return self.rows + "/train.csv"


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
args = parser.parse_args()
run = wandb.init()
print(Paths({"columns": "data"}).file())
run.log({"loss": args.lr})
