import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--domain", default="letters")


class Trainer:
    def __init__(self, lr):
        self.lr = lr

    def fit(self):
        return {"name": self.domain, "loss": self.lr}


args = parser.parse_args()
with wandb.init(config=args) as run:
    print({"domain": args.domain})
    run.log({"loss": Trainer(args.lr).fit()["loss"]})
