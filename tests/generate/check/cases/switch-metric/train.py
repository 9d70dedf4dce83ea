import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--evaluate", action="store_true")
parser.add_argument("--epochs", type=int, default=3)
args = parser.parse_args()


def evaluate(run):
    if args.evaluate is False:
        print("not now")
        return
    run.log({"step": 1})
    run.log({"loss": args.lr})


with wandb.init(config=args) as run:
    for epoch in range(args.epochs):
        if epoch == 1 or args.epochs > 2:
            evaluate(run)
