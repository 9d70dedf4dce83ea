import argparse

import wandb

TRACK = False
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)


def choose():
    global TRACK
    TRACK = True


def main(track, again=False):
    args = parser.parse_args()
    if track or again:
        wandb.init(config=args)
        count = 0
        count += 1
        if count:
            wandb.log({"loss": args.lr})


choose()
main(TRACK)
main(False, again=input() == "y")
