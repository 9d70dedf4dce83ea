import wandb


def train(config):
    if not config["batch"]:
        wandb.init(project="digits", config=config)
    wandb.log({"loss": config["rate"] * config["batch"]})


def trial():
    wandb.init()
    train(dict(wandb.config))


if __name__ == "__main__":
    wandb.agent("team/digits/abc", function=trial)
