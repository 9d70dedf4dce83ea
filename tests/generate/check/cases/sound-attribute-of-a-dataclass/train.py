from dataclasses import dataclass

import wandb


@dataclass
class Settings:
    heads: int
    width: int = 8

    @property
    def head(self):
        return self.heads


class Other:
    def __getattr__(self, name):
        return 1


class Net:
    def __init__(self, settings):
        self.size = settings.width * settings.head


class Block:
    def __init__(self, settings):
        self.size = settings.depth


run = wandb.init()
net = Net(Settings(heads=run.config.heads))
block = Block(Other())
run.log({"loss": net.size + block.size})
