import enum
import functools

import helpers
import wandb
from helpers import halve as half


def cached(function):
    return lambda *args: function(args)


def fit(rate, *, steps):
    for _ in range(steps):
        wandb.log({"loss": rate})


@cached
def whole(values):
    return values


def either(value):
    return value


if helpers.LOUD:

    def either(value, other):
        return value + other


class Model:
    def __init__(self, width, depth=1):
        self.width = width
        self.depth = depth

    def size(self, scale):
        return self.width * self.depth * scale

    def check(self):
        return self.size()

    @staticmethod
    def kind(name):
        return name


class Wide(Model):
    def __init__(self, **settings):
        super().__init__(**settings)


class Planet(enum.Enum):
    EARTH = (1.0, 2.0)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius


config = wandb.init().config
sizes = [1, 2]
whole(1, 2)
either(1, 2)
Wide(width=1, depth=2, height=3)
functools.partial(fit, steps=3)(config.lr)
fit(config.lr, 3)
fit(config.lr, steps=3, epochs=2)
fit(rate=config.lr)
Model(1, 2, 3)
Model(1).check()
helpers.halve(1, 2)
half(*sizes)
Model.kind("a")
Planet((1.0, 2.0))
if sizes:
    fit()
try:
    fit()
except TypeError:
    fit(config.lr, steps=3)
