"""One trial: train a small neural network to guess the next character of Python's own manual."""

from pydoc_data.topics import topics

import numpy as np
import wandb
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

ALPHABET = " abcdefghijklmnopqrstuvwxyz.,()"
CONTEXT = 4  # characters that the network sees before it guesses the next one
CHARACTERS = 50_000  # how much of the manual to read


def objective(
    learning_rate: float = 0.003,
    momentum: float = 0.0,
    hidden: int = 32,
    batch_size: int = 32,
    epochs: int = 15,
    seed: int = 0,
) -> float:
    """Train for some epochs, log each one, and return the last validation loss."""
    rng = np.random.default_rng(seed)
    text = read_manual()
    split = 9 * len(text) // 10
    inputs, targets = examples(text[:split])
    held_out = examples(text[split:])
    weights = [
        rng.normal(0, CONTEXT**-0.5, (CONTEXT * len(ALPHABET), hidden)).astype(np.float32),
        rng.normal(0, hidden**-0.5, (hidden, len(ALPHABET))).astype(np.float32),
    ]
    velocity = [np.zeros_like(weight) for weight in weights]

    for epoch in range(epochs):
        order = rng.permutation(len(targets))
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            gradients = backward(weights, inputs[batch], targets[batch])
            for weight, change, gradient in zip(weights, velocity, gradients, strict=True):
                change *= momentum
                change -= learning_rate * gradient
                weight += change
        loss, accuracy = evaluate(weights, *held_out)
        wandb.log({"epoch": epoch, "val_loss": loss, "val_accuracy": accuracy})
    return loss


def read_manual() -> Indices:
    """Give the text as indices into ALPHABET; any other character counts as a space."""
    text = " ".join(topics.values())[:CHARACTERS].lower()
    return np.array([max(ALPHABET.find(character), 0) for character in text])


def examples(text: Indices) -> tuple[Floats, Indices]:
    """Give every stretch of CONTEXT characters, encoded, and the character that follows each."""
    return encode(np.lib.stride_tricks.sliding_window_view(text[:-1], CONTEXT)), text[CONTEXT:]


def encode(contexts: Indices) -> Floats:
    """Give a row of zeros for each context, with a one for each of its characters."""
    return np.eye(len(ALPHABET), dtype=np.float32)[contexts].reshape(len(contexts), -1)


def forward(weights: list[Floats], inputs: Floats) -> tuple[Floats, Floats]:
    """Give the hidden layer's values and the probability of each next character."""
    hidden = np.tanh(inputs @ weights[0])
    scores = hidden @ weights[1]
    exp = np.exp(scores - scores.max(axis=1, keepdims=True))
    return hidden, exp / exp.sum(axis=1, keepdims=True)


def backward(weights: list[Floats], inputs: Floats, targets: Indices) -> list[Floats]:
    """Give the gradient of the mean cross-entropy for each of the weights."""
    hidden, error = forward(weights, inputs)
    error[np.arange(len(targets)), targets] -= 1
    error /= len(targets)
    hidden_error = (error @ weights[1].T) * (1 - hidden**2)
    return [inputs.T @ hidden_error, hidden.T @ error]


def evaluate(weights: list[Floats], inputs: Floats, targets: Indices) -> tuple[float, float]:
    """Give the mean cross-entropy in nats and the share of characters guessed right."""
    _, probabilities = forward(weights, inputs)
    chosen = probabilities[np.arange(len(targets)), targets]
    loss = -np.log(np.maximum(chosen, 1e-12)).mean()
    accuracy = (probabilities.argmax(axis=1) == targets).mean()
    return float(loss), float(accuracy)
