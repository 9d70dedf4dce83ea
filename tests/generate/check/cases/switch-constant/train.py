import argparse

import wandb

TRACK = False
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)


def main(track, level=1):
    args = parser.parse_args()
    if track and level > 0:
        wandb.init(config=args)
        wandb.log({"loss": args.lr})


main(TRACK)
