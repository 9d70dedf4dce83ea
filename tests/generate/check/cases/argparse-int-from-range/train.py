import argparse
import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=int)
parser.add_argument("--depth", type=int, choices=(1, 3))
args = parser.parse_args()
wandb.init(config=vars(args))
wandb.log({"loss": wandb.config.lr * wandb.config.depth})
