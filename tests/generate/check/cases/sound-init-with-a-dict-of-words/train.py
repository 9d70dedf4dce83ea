import os

import wandb
from samples import sample


def train(local=None):
    words = {"project": "demo"}
    if local is None or os.environ.get("SAMPLE"):
        words["config"] = sample(local)
    with wandb.init(**words) as run:
        config = wandb.config.as_dict()
        steps = config.pop("steps")
        run.log({"loss": config["width"] * steps})
