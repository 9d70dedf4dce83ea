import argparse

import wandb


def load(config=None):
    if config is None:
        parser = argparse.ArgumentParser()
        parser.add_argument("--lr", type=float, default=0.1)
        return vars(parser.parse_args())
    return {"lr": config["lr"], "depth": config.get("depth", 1)}


run = wandb.init()
sweep_config = wandb.config
settings = load(sweep_config)
for step in range(3):
    wandb.log({"loss": settings["lr"] * settings["depth"]})
