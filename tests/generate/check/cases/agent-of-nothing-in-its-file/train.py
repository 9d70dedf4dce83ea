import wandb


def train(scale=1):
    run = wandb.init()
    run.log({"loss": run.config.lr * scale})


def prepared(scale):
    return lambda: train(scale)


if __name__ == "__main__":
    wandb.agent("abc", function=prepared(3))
    wandb.agent("abc", function=train(2), count=5)
