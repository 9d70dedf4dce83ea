import argparse

import wandb


class Net:
    def __init__(self, args):
        setattr(self.__class__, "kind", "net")
        self.size = args.size
        self.drop = args.drop


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--size", type=int, default=4)
args = parser.parse_args()
run = wandb.init(config=args)
net = Net(args)
run.log({"loss": args.lr * net.size * net.drop})
