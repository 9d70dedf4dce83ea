from dataclasses import dataclass

import wandb


@dataclass
class Settings:
    learning_rate: float
    max_depth: int = 6
    rounds: int = 100


def fit(settings: Settings) -> float:
    return 1 - settings.learning_rate / settings.max_depth / settings.rounds


if __name__ == "__main__":
    with wandb.init() as run:
        settings = Settings(**wandb.config)
        wandb.log({"auc": fit(settings)})
