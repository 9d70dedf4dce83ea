# What may be set before, or is taken away again, may come from the sweep all the same.
import os

import wandb


class Settings:
    def __init__(self, given):
        if "DEPTH" in os.environ:
            self.depth = 3
        self.width = 4
        del self.width
        for key, value in given.items():
            if not hasattr(self, key):
                setattr(self, key, value)


run = wandb.init()
settings = Settings(run.config)
run.log({"loss": settings.lr * settings.depth * settings.width})
