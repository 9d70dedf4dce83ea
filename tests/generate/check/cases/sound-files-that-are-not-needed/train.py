import os

import wandb
import yaml


def read(path):
    if not os.path.exists(path):
        return {"width": 8}
    with open(path) as file:
        return yaml.safe_load(file)


def write(path, settings):
    with open(path, "w") as file:
        yaml.safe_dump(settings, file)


class Store:
    def __init__(self):
        self.read = dict

    def load(self, path):
        return self.read(path=path)


run = wandb.init()
settings = read("conf/base.yaml")
write("conf/used.yaml", settings)
more = Store().load("conf/other.yaml")
run.log({"loss": run.config.lr * settings["width"] * len(more)})
