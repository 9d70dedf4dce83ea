from dataclasses import dataclass

import wandb


@dataclass
class Settings:
    heads: int
    width: int = 8


class Net:
    def __init__(self, settings):
        self.size = settings.width * settings.head


run = wandb.init()
net = Net(Settings(heads=run.config.heads))
run.log({"loss": net.size})
