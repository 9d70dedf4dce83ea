import logging

import wandb

logger = logging.getLogger(__name__)


def show(run, title, pixels):
    run.log({title: wandb.Image(pixels), f"{title}/all": [wandb.Image(one) for one in pixels]})


def say(message, *values):
    logger.log(logging.INFO, message, *values)


run = wandb.init()
losses = {"train": {}, "valid": {}}
for part, values in losses.items():
    losses[part] = values
weight = 1.0
for _ in range(3):
    weight -= run.config.lr * weight
    run.log({"valid_loss": weight})
    say("weight %s", weight)
show(run, "digits", [[[0.0]]])
run.log_artifact("weights.txt", type="model")
