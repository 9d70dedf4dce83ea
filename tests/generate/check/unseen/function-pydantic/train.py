from typing import Literal

import wandb
from pydantic import BaseModel, Field

from reporting import Reporter


class ForecastConfig(BaseModel):
    window: int = 7
    alpha: float = Field(0.5, gt=0, lt=1)
    seasonal: bool = False
    model: Literal["naive", "smooth"] = "naive"


def predict(history: list[float], config: ForecastConfig) -> float:
    recent = history[-config.window :]
    if config.model == "naive":
        return recent[-1] if not config.seasonal else recent[0]
    level = recent[0]
    for value in recent:
        level = config.alpha * value + (1 - config.alpha) * level
    return level


def train(config: ForecastConfig) -> None:
    run = wandb.init()
    reporter = Reporter(run)
    series = [float(day % 7) for day in range(200)]
    for day in range(60, 200):
        reporter.add(abs(predict(series[:day], config) - series[day]))
        if day % 5 == 0:
            reporter.flush()
    run.finish()
