import settings
import wandb
from settings import layers

made = None


class Model:
    momentum = 0.1


def model():
    global made
    made = made or Model()
    return made


def size():
    return layers["depth"] + model().momentum


def main():
    run = wandb.init()
    settings.optimizer.update(run.config)
    layers.update(run.config)
    own = model()
    for key, value in run.config.items():
        setattr(own, key, value)
        setattr(settings, key, value)
    run.log({"loss": settings.rate() * size()})


main()
