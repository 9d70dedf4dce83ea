import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
lr = parser.parse_args().lr
run = wandb.init(config={"learning_rate": lr})
lr = wandb.config.learning_rate
run.log({"loss": lr})
