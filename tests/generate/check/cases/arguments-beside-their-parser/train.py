import argparse

import wandb


def read_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--criterion", default="MSE")
    parser.add_argument("--depth", type=int, default=1)
    return parser.parse_args(), parser


def main():
    arguments, parser = read_arguments()
    run = wandb.init()
    scale = 1.0 if arguments.criterion == "MSE" else 2.0
    run.log({"loss": scale})


main()
