import random

import wandb


def train(seed=None):
    run = wandb.init(project="seeds")
    random.seed(seed or run.config.seed)
    accuracy = random.random()
    run.log({"accuracy": accuracy})
    return accuracy


if __name__ == "__main__":
    wandb.agent("abc", train)
