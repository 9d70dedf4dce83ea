import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--wandb_activate", default=False)
parser.add_argument("--lr", type=float, default=0.1)
args = parser.parse_args()
