import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float, default=0.1)
parser.add_argument("--sweep", default=None)
args = parser.parse_args()


def train():
    with wandb.init(config=args) as run:
        run.log({"loss": args.learning_rate})


if args.sweep is not None:
    wandb.agent(args.sweep, function=train)
else:
    train()
