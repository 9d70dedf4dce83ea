import argparse

import wandb


def train(lr):
    weight = 1.0
    for _ in range(3):
        weight -= lr * weight
        wandb.log({"loss": weight})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float)
    train(parser.parse_args().rate)


if __name__ == "__main__":
    main()
