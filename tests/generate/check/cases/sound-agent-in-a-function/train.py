import wandb


def train():
    with wandb.init() as run:
        run.log({"loss": run.config.lr * scale})


def main():
    wandb.agent("sweep", function=train)


if __name__ == "__main__":
    scale = 2
    main()
