"""One trial: fit a line to noisy points by gradient descent."""

import random

import wandb

POINTS = 200


def objective(learning_rate: float = 0.1, epochs: int = 20, seed: int = 0) -> float:
    """Fit for some epochs, log each one, and return the last validation loss."""
    rng = random.Random(seed)
    points = [(x, 3 * x + 1 + rng.gauss(0, 0.1)) for x in (rng.random() for _ in range(POINTS))]
    train, held_out = points[: POINTS // 2], points[POINTS // 2 :]
    slope, offset = 0.0, 0.0

    loss = mean_squared_error(held_out, slope, offset)
    for epoch in range(epochs):
        for x, y in train:
            error = slope * x + offset - y
            slope -= learning_rate * error * x
            offset -= learning_rate * error
        loss = mean_squared_error(held_out, slope, offset)
        wandb.log({"epoch": epoch, "val_loss": loss})
    return loss


def mean_squared_error(points: list[tuple[float, float]], slope: float, offset: float) -> float:
    """Give the mean squared error of a line."""
    return sum((slope * x + offset - y) ** 2 for x, y in points) / len(points)
