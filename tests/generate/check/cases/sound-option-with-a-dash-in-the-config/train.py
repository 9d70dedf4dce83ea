import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--hidden-size", type=int, default=8)
args = parser.parse_args()
run = wandb.init(config=vars(args))
config = run.config
run.log({"loss": 1.0 / config.hidden_size})
