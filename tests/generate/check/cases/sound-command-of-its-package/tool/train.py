import argparse

import wandb

from .steps import step


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float)
    args = parser.parse_args()
    wandb.init().log({"loss": step(args.lr)})


if __name__ == "__main__":
    main()
