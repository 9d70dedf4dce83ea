import argparse

from trainers.runner import SupervisedWandbRunner

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
args = parser.parse_args()
SupervisedWandbRunner().train(lr=args.lr)
