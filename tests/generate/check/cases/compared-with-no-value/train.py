import argparse

import wandb


def rate(optimizer):
    print(optimizer)
    return 0.1 if optimizer == "SGD" else 0.001


parser = argparse.ArgumentParser()
parser.add_argument("--optimizer")
args = parser.parse_args()
with wandb.init(config=args) as run:
    run.log({"loss": rate(args.optimizer)})
