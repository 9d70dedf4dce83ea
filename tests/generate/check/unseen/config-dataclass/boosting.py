from dataclasses import asdict, dataclass

import lightgbm as lgb
import numpy as np
import wandb
from sklearn.datasets import make_classification
from sklearn.metrics import roc_auc_score


@dataclass
class Settings:
    learning_rate: float = 0.1
    max_depth: int = 6
    subsample: float = 1.0
    rounds: int = 100
    early_stopping: int = 10


def fit(settings: Settings) -> float:
    x, y = make_classification(2000, random_state=0)
    params = {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "max_depth": settings.max_depth,
        "bagging_fraction": settings.subsample,
        "verbosity": -1,
    }
    data = lgb.Dataset(x[:1500], y[:1500])
    booster = lgb.train(params, data, num_boost_round=settings.rounds)
    return float(roc_auc_score(y[1500:], np.asarray(booster.predict(x[1500:]))))


def main() -> None:
    run = wandb.init(project="boosting", config=asdict(Settings()))
    settings = Settings(**run.config)
    run.log({"auc": fit(settings)})
    run.finish()


if __name__ == "__main__":
    main()
