from dataclasses import dataclass

import wandb


@dataclass
class Settings:
    lr: float
    batch_size: int
    optimizer: str
    decay: float = 0.1

    def __post_init__(self):
        self.steps = 1000 // self.batch_size

    @property
    def rate(self):
        return self.lr * self.steps * self.scale()

    def scale(self):
        return self.decay if self.optimizer == "adam" else 1


run = wandb.init()
settings = Settings(**run.config)
run.log({"val_loss": settings.rate, "wanted": list(map(run.config.get, ["lr"]))})
