import argparse

import wandb
import yaml


class Settings:
    def __init__(self, path):
        with open(path) as file:
            self.values = yaml.safe_load(file)
            self.log = self.values["log"]
            self.search = self.values["search"]
        with open(self.values["extra"]) as file:
            self.values.update(yaml.safe_load(file))


def train(lr, settings):
    weight = 1.0
    for _ in range(settings.values["steps"]):
        weight -= lr * weight
        if settings.log:
            wandb.log({"loss": weight})


def search():
    wandb.init()


def main(path, lr):
    settings = Settings(path)
    if settings.search:
        wandb.agent("team/project/id", search)
    elif settings.log:
        wandb.init()
    train(lr, settings)


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--base", default="other.yaml")
args = vars(parser.parse_args())
main(args["base"], args["lr"])
