"""One trial: train a small neural network to read handwritten digits."""

from itertools import product

import numpy as np
import wandb
from numpy.typing import NDArray
from sklearn.datasets import load_digits

Array = NDArray[np.float64]


def objective(
    learning_rate: float = 0.003,
    momentum: float = 0.5,
    hidden: int = 64,
    weight_decay: float = 1e-4,
    batch_size: int = 16,
    epochs: int = 50,
) -> float:
    """Train for some epochs, log each one, and return the last validation loss."""
    rng = np.random.default_rng(0)
    (x, y), validation = load_data(rng)
    weights = [
        rng.normal(0, np.sqrt(2 / 64), (64, hidden)),
        np.zeros(hidden),
        rng.normal(0, np.sqrt(1 / hidden), (hidden, 10)),
        np.zeros(10),
    ]
    velocity = [np.zeros_like(weight) for weight in weights]

    for epoch in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            gradients = backward(weights, x[batch], y[batch])
            for weight, change, gradient in zip(weights, velocity, gradients, strict=True):
                change *= momentum
                change -= learning_rate * (gradient + weight_decay * weight)
                weight += change
        loss, accuracy = evaluate(weights, *validation)
        wandb.log({"epoch": epoch, "val_loss": loss, "val_accuracy": accuracy})
    return loss


def load_data(rng: np.random.Generator) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Give the images, 8 x 8 pixels each, and their one-hot labels: three quarters to train on."""
    pixels, labels = load_digits(return_X_y=True)
    order = rng.permutation(len(pixels))
    images, targets = pixels[order] / 16, np.eye(10)[labels[order]]
    split = 3 * len(images) // 4
    x, y = images[:split].reshape(-1, 8, 8), targets[:split]
    # Copies moved by one pixel teach the network that a digit's place does not matter.
    moves = list(product((-1, 0, 1), repeat=2))
    moved = np.concatenate([np.roll(x, move, axis=(1, 2)) for move in moves])
    train = moved.reshape(-1, 64), np.tile(y, (len(moves), 1))
    return train, (images[split:], targets[split:])


def forward(weights: list[Array], x: Array) -> tuple[Array, Array]:
    """Give the hidden layer's values and the probability of each digit."""
    w1, b1, w2, b2 = weights
    hidden = np.maximum(x @ w1 + b1, 0)
    scores = hidden @ w2 + b2
    exp = np.exp(scores - scores.max(axis=1, keepdims=True))
    return hidden, exp / exp.sum(axis=1, keepdims=True)


def backward(weights: list[Array], x: Array, y: Array) -> list[Array]:
    """Give the gradient of the mean cross-entropy for each weight."""
    hidden, probabilities = forward(weights, x)
    error = (probabilities - y) / len(x)
    hidden_error = (error @ weights[2].T) * (hidden > 0)
    return [x.T @ hidden_error, hidden_error.sum(axis=0), hidden.T @ error, error.sum(axis=0)]


def evaluate(weights: list[Array], x: Array, y: Array) -> tuple[float, float]:
    """Give the mean cross-entropy and the share of digits read right."""
    _, probabilities = forward(weights, x)
    loss = -np.log(np.maximum(probabilities[y == 1], 1e-12)).mean()
    accuracy = (probabilities.argmax(axis=1) == y.argmax(axis=1)).mean()
    return float(loss), float(accuracy)
