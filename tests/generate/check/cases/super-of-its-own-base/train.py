import os

import wandb


class Base:
    def __init__(self, config):
        self.config = config


class Files:
    def __init__(self, folder):
        self.names = os.listdir(folder)


class Model(Base):
    def __init__(self, config):
        super().__init__(config)
        self.files = Files(".")

    def loss(self):
        return self.config.lr * len(self.files.names)


with wandb.init() as run:
    run.log({"loss": Model(run.config).loss()})
