import argparse

import wandb


def fit(options):
    return options.sampling * options["layers"] if isinstance(options, dict) else 0


parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, default=0.1)
parser.add_argument("--depth", type=int, default=2)
args = parser.parse_args()

run = wandb.init(config={"folds": 5})
args.sampling = run.config.rate
args.layers = run.config["depth"]
run.log({"loss": args.layers * len(vars(args)) + fit(args)})
