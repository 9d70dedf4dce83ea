import argparse

import wandb


def read_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--criterion", default="bce")
    parser.add_argument("--dataset", default="digits")
    parser.add_argument("--task", default="regression")
    arguments, _ = parser.parse_known_args()
    return arguments, parser


def fit(arguments):
    if arguments.dataset == "digits":
        assert arguments.criterion == "bce"
    if arguments.task == "ranking":
        assert arguments.criterion in ["hinge", "bce"]
    return 1.0 if arguments.criterion == "mse" else 2.0


def main():
    arguments, parser = read_arguments()
    wandb.init(config=arguments)
    wandb.log({"loss": fit(arguments)})


main()
