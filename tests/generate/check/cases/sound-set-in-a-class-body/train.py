import dataclasses

import wandb

config = wandb.init().config


class Settings:
    lr = config.lr
    size = config.width * 2


@dataclasses.dataclass
class Plan:
    steps: int = config.steps


for _ in range(Plan().steps):
    wandb.log({"loss": Settings.lr * Settings.size})
