import json

import wandb


def main(config=None):
    if config is None:
        with open("config.json") as stream:
            config = json.load(stream)
    return config["lr"] * config["epochs"]


def train():
    with wandb.init() as run:
        run.log({"start": main()})
        run.log({"loss": main(config=dict(run.config))})


if __name__ == "__main__":
    wandb.agent("sweep", function=train)
