import argparse
import sys

import wandb


class Base:
    def step(self, lr):
        raise NotImplementedError


class Net(Base):
    def step(self, lr):
        return lr * 2


def find(name):
    for one in ("net", "mlp"):
        if one == name:
            break
    else:
        raise KeyError(name)
    return one


def first(rows):
    for row in rows:
        if row > 0:
            return row
    raise ValueError("No row is positive.")


def load():
    try:
        raise OSError("There is none.")
    except OSError:
        return 1


def main(args):
    if args.check and args.lr > 1:
        raise ValueError(args.lr)
    with wandb.init():
        find("mlp")
        wandb.log({"loss": Net().step(args.lr) + load() + first([args.lr])})
    raise SystemExit(0)


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--check", action="store_true")
if len(sys.argv) > 9:
    raise RuntimeError("Too many words.")
main(parser.parse_args())
