import argparse

import wandb


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--depth", type=int, default=2)
    args = parser.parse_args()
    if args.depth > 3:
        raise ValueError("too deep")
    run = wandb.init()
    for key, value in dict(run.config).items():
        setattr(args, key, value)
    run.log({"loss": args.lr * args.depth})


main()
