"""One trial: train boosted trees to read handwritten digits, with xgboost."""

import wandb
import xgboost as xgb
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split


def objective(
    learning_rate: float = 0.1,
    max_depth: int = 3,
    subsample: float = 1.0,
    colsample: float = 1.0,
    rounds: int = 20,
    seed: int = 0,
) -> float:
    """Train for some rounds, log each one, and return the last validation loss."""
    images, digits = load_digits(return_X_y=True)
    train_images, val_images, train_digits, val_digits = train_test_split(
        images, digits, test_size=0.25, stratify=digits, random_state=seed
    )
    train = xgb.DMatrix(train_images, label=train_digits)
    val = xgb.DMatrix(val_images, label=val_digits)
    model = xgb.Booster(
        {
            "objective": "multi:softprob",
            "num_class": 10,
            "learning_rate": learning_rate,
            "max_depth": max_depth,
            "subsample": subsample,
            "colsample_bytree": colsample,
            "nthread": 1,
            "seed": seed,
        },
        [train, val],
    )

    for epoch in range(rounds):
        model.update(train, epoch)
        probabilities = model.predict(val)
        loss = float(log_loss(val_digits, probabilities))
        accuracy = float((probabilities.argmax(axis=1) == val_digits).mean())
        wandb.log({"epoch": epoch, "val_loss": loss, "val_accuracy": accuracy})
    return loss
