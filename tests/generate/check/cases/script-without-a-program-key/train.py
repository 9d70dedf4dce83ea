import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float, default=0.1)
args = parser.parse_args()
with wandb.init() as run:
    run.log({"val_loss": args.learning_rate})
