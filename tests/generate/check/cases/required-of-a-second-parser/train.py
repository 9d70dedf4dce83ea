import argparse

import wandb


def model_settings(words=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, required=True)
    return parser.parse_known_args(words)[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float)
    args, _ = parser.parse_known_args()
    run = wandb.init()
    run.log({"loss": args.lr * model_settings().width})


main()
