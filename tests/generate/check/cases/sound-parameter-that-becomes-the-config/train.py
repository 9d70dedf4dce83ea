import json
from pathlib import Path

import wandb


def train(config=None):
    wandb.init(config=config, project=config["project"])
    config = wandb.config
    wandb.log({"loss": config["lr"] * config["scale"]})


if __name__ == "__main__":
    train(json.loads(Path("base.json").read_text()))
