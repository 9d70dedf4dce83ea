"""Train a linear classifier that tells tumours apart, as a program of its own.

python train.py --learning_rate 0.01 --penalty l1
"""

import argparse

import numpy as np
import wandb
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def train(
    learning_rate: float = 0.0003,
    alpha: float = 0.0001,
    penalty: str = "l2",
    epochs: int = 15,
    seed: int = 0,
) -> float:
    """Train for some epochs, log each one, and return the last validation loss."""
    features, kinds = load_breast_cancer(return_X_y=True)
    train_features, val_features, train_kinds, val_kinds = train_test_split(
        features, kinds, test_size=0.25, stratify=kinds, random_state=seed
    )
    scaler = StandardScaler().fit(train_features)
    train_features, val_features = scaler.transform(train_features), scaler.transform(val_features)
    model = SGDClassifier(
        loss="log_loss",
        penalty=penalty,
        alpha=alpha,
        learning_rate="constant",
        eta0=learning_rate,
        random_state=seed,
    )

    for epoch in range(epochs):
        model.partial_fit(train_features, train_kinds, classes=np.unique(kinds))
        loss = float(log_loss(val_kinds, model.predict_proba(val_features)))
        accuracy = float(model.score(val_features, val_kinds))
        wandb.log({"epoch": epoch, "val_loss": loss, "val_accuracy": accuracy})
    return loss


def main() -> None:
    """Read the command line, open a run and train."""
    parser = argparse.ArgumentParser(description="Train a classifier that tells tumours apart.")
    parser.add_argument("--learning_rate", type=float, default=0.0003)
    parser.add_argument("--alpha", type=float, default=0.0001, help="strength of the penalty")
    parser.add_argument("--penalty", choices=["l1", "l2", "elasticnet"], default="l2")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    with wandb.init(config=vars(args)):
        train(**vars(args))


if __name__ == "__main__":
    main()
