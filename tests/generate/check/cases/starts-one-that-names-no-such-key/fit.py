import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
with wandb.init() as run:
    run.log({"loss": parser.parse_args().lr * run.config.depth})
