import wandb
from agents import Agent


def train():
    with wandb.init() as run:
        given = run.config.as_dict()
        steps = given.pop("steps")
        run.log({"loss": Agent("mlp", **given).learn(steps)})
