"""One trial: train a neural network to read handwritten digits, with scikit-learn."""

import wandb
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier


def objective(
    learning_rate: float = 0.001,
    alpha: float = 0.0001,
    hidden: int = 32,
    batch_size: int = 64,
    epochs: int = 15,
    seed: int = 0,
) -> float:
    """Train for some epochs, log each one, and return the last validation loss."""
    images, digits = load_digits(return_X_y=True)
    train_images, val_images, train_digits, val_digits = train_test_split(
        images / 16, digits, test_size=0.25, stratify=digits, random_state=seed
    )
    model = MLPClassifier(
        hidden_layer_sizes=(hidden,),
        learning_rate_init=learning_rate,
        alpha=alpha,
        batch_size=batch_size,
        random_state=seed,
    )

    for epoch in range(epochs):
        model.partial_fit(train_images, train_digits, classes=range(10))
        loss = float(log_loss(val_digits, model.predict_proba(val_images)))
        accuracy = float(model.score(val_images, val_digits))
        wandb.log({"epoch": epoch, "val_loss": loss, "val_accuracy": accuracy})
    return loss
