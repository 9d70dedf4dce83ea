import wandb


def train():
    with wandb.init() as run:
        run.log({"loss": run.config.lr * scale})


if __name__ == "__main__":
    scale = 2
    wandb.agent("me/project/abc", function=train)
