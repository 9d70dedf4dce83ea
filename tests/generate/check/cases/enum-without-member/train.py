from enum import Enum

import wandb


class Optimizer(Enum):
    SGD = "sgd"
    ADAM = "adam"


class Model(Enum):
    SMALL = 8
    LARGE = 64


SCHEDULES = {"cosine": 1.0, "nestrov": 0.5}

run = wandb.init()
config = run.config
optimizer = Optimizer(config.optimizer)
model = Model[config.model.upper()]
scale = SCHEDULES.get(config.schedule, 1.0)
run.log({"loss": len(optimizer.value) * model.value * scale})
