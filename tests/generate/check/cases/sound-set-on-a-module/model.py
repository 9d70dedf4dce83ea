import settings as given
from settings import options as chosen


def asked(name):
    return getattr(chosen, name)


def loss():
    return given.WIDTH * given.LR * chosen.depth * asked("heads")
