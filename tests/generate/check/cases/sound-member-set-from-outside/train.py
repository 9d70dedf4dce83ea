import trainers
import wandb
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mask", None)


class Plain:
    pass


class Open:
    def __getattr__(self, name):
        return 1.0


class Mixin:
    def run(self):
        return self.steps


class Runner(Mixin, trainers.Base):
    pass


run = wandb.init()
plain = Plain()
plain.rate = run.config.lr
net = Net()
opened = Open()
wandb.log({"loss": plain.rate * opened.more + Runner().run() + (net.mask or 0)})
