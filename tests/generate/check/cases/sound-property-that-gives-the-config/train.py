from functools import cached_property

import wandb


class Session:
    def __init__(self):
        wandb.init()

    @property
    def run(self):
        return wandb.run

    @cached_property
    def config(self):
        return wandb.config

    def score(self):
        return self.config.lr * self.run.config.width


session = Session()
session.run.log({"loss": session.score()})
