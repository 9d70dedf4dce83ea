import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--sweep_id")
parser.add_argument("--criterion", choices=["huber"])
args = parser.parse_args()


def fit(criterion):
    return 1.0 if criterion == "mse" else 2.0


def train():
    with wandb.init() as run:
        run.log({"loss": fit(run.config.criterion)})


if args.sweep_id is not None:
    wandb.agent(args.sweep_id, train, count=4)
else:
    with wandb.init(config=args) as run:
        run.log({"loss": fit(args.criterion)})
