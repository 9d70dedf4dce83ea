import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("-lr", "--learning_rate", type=float, default=0.01)
parser.add_argument("--decay", type=float, choices=[0.001, 0.1], default=0.1)
args = parser.parse_args()

with wandb.init(config=args) as run:
    run.log({"loss": args.learning_rate * args.decay})
