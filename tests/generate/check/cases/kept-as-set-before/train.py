# What the code sets first wins over the sweep: the loop only adds what is not there. It starts git,
# which reads nothing.
import subprocess

import wandb


class Settings:
    def __init__(self, given):
        self.depth = 3
        for key, value in given.items():
            if not hasattr(self, key):
                setattr(self, key, value)


def output(command):
    return subprocess.check_output(command).decode()


run = wandb.init()
print(output(["git", "rev-parse", "HEAD"]))
settings = Settings(run.config)
run.log({"loss": settings.lr * settings.depth})
