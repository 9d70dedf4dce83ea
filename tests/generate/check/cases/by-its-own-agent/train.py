import random

import wandb

seed = 7


def train(seed=seed):
    run = wandb.init(project="seeds")
    random.seed(seed)
    accuracy = random.random()
    run.log({"val/accuracy": accuracy})
    return accuracy


if __name__ == "__main__":
    wandb.agent("abc", function=train)
