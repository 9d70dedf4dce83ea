import wandb


def make_sgd(config):
    return config.momentum


def make_adam(config):
    return config.beta


class Convolution:
    def __init__(self, config):
        self.config = config

    def size(self):
        return self.config.filters


class Recurrence:
    def __init__(self, config):
        self.units = 1

    def size(self):
        return self.units


class Attention:
    def __init__(self, config):
        self.config = config

    def size(self):
        return self.config.heads


MODELS = {"cnn": Convolution, "lstm": Recurrence, "transformer": Attention}

run = wandb.init()
if run.config.model not in MODELS:
    raise SystemExit
rate = {"sgd": make_sgd, "adam": make_adam}[run.config.kind](run.config)
run.log({"loss": rate * MODELS[run.config.model](run.config).size()})
