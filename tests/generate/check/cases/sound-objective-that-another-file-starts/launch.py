import argparse
from functools import partial

import wandb
from train import train

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="net")
args = parser.parse_args()
sweep_id = wandb.sweep({"method": "grid", "parameters": {"lr": {"values": [0.1, 0.01]}}})
wandb.agent(sweep_id, function=partial(train, args.model, "runs"))
