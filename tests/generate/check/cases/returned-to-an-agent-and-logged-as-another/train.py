import wandb


def train():
    run = wandb.init()
    accuracy = run.config.lr
    run.log({"accuracy": accuracy})
    return accuracy


if __name__ == "__main__":
    wandb.agent("sweep", function=train, count=2)
