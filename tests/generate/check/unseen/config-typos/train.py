import random

import wandb


def batches(size):
    return [random.random() for _ in range(size)]


def main():
    with wandb.init(project="typos") as run:
        config = run.config
        lr = config.get("learning_rate", 1e-3)
        accuracy = 0.0
        for epoch in range(5):
            for value in batches(config.batch_size):
                accuracy += lr * (1 - accuracy) * value
            run.log({"epoch": epoch, "val_accuracy": accuracy})


if __name__ == "__main__":
    main()
