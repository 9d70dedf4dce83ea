import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--frozen", type=bool, default=True)
args = parser.parse_args()
with wandb.init(config=vars(args)) as run:
    scale = 1 if run.config.frozen else 2
    run.log({"val_loss": run.config.lr * scale})
