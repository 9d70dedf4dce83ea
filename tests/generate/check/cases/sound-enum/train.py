from enum import Enum

import wandb


class Optimizer(Enum):
    SGD = "sgd"
    ADAM = "adam"

    @classmethod
    def _missing_(cls, value):
        return cls.ADAM if value.startswith("adam") else None


class Model(Enum):
    SMALL = "small"
    HUGE = "huge"


SCHEDULES = {"cosine": 1.0, "linear": 0.5}

run = wandb.init()
config = run.config
optimizer = Optimizer(config.optimizer)
model = Model(config.model)
name = Model[config.model.upper()].name
scale = SCHEDULES.get(config.schedule, 0.1)
run.log({"loss": len(optimizer.value) * len(model.value + name) * scale})
