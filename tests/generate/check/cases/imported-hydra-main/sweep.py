import argparse

import wandb

from train import fit


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float)
    return parser.parse_args()


args = parse()
run = wandb.init(config=args)
run.log({"loss": fit(args.lr)})
