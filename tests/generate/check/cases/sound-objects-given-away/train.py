from dataclasses import InitVar, dataclass

import wandb
from library import Model, hooks
from torch import nn


class Settings:
    def __init__(self, size):
        self.size = size


class Weighed:
    def __init__(self, weight):
        self.weight = weight

    def total(self):
        return double(self)


def double(one):
    return 2 * one.weight


@dataclass
class Sized:
    size: InitVar[int] = 1

    def __post_init__(self, size):
        self.area = size**2


@dataclass
class Plain:
    value: int = 1


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width

    def part(self, name):
        return getattr(self, name)


@hooks.register
def hook(plain):
    return plain.value


def local():
    from others import stored

    return stored.value


run = wandb.init()
config = run.config
model = Model(Settings(config.foreign))
weighed = Weighed(config.itself)
sized = Sized(size=config.initial)
equal = Plain(value=config.equal) == Plain()
kept = Plain(value=config.folder)
folder = f"runs/{kept}"
hooked = Plain(value=config.hooked)
listed = [Plain(value=config.listed)]
net = Net(config.named)
import others

others.stored.value = config.local
loss = weighed.total() + sized.area + equal + len(folder) + hooks.call("hook", hooked)
run.log({"loss": loss + sum(one.value for one in listed) + net.part("width") + local()})
