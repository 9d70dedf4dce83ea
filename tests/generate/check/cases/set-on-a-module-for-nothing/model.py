import settings
from settings import options


def loss():
    return settings.WIDTH * options.depth * 0.1
