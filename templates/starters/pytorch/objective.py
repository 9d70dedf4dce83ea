"""One trial: train a convolutional network to read handwritten digits, with PyTorch."""

import torch
import wandb
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset, random_split


def objective(
    learning_rate: float = 0.001,
    dropout: float = 0.2,
    channels: int = 8,
    batch_size: int = 64,
    epochs: int = 8,
    seed: int = 0,
) -> float:
    """Train for some epochs, log each one, and return the last validation loss."""
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train, val = random_split(read_digits(), [0.75, 0.25])
    model = build_model(channels, dropout).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)

    for epoch in range(epochs):
        model.train()
        for images, digits in DataLoader(train, batch_size, shuffle=True):
            optimizer.zero_grad()
            cross_entropy(model(images.to(device)), digits.to(device)).backward()
            optimizer.step()
        loss, accuracy = evaluate(model, DataLoader(val, len(val)), device)
        wandb.log({"epoch": epoch, "val_loss": loss, "val_accuracy": accuracy})
    return loss


def read_digits() -> TensorDataset:
    """Give 1,797 images of 8 x 8 pixels, from 0 to 1, and the digit that each one shows."""
    images, digits = load_digits(return_X_y=True)
    pixels = torch.tensor(images / 16, dtype=torch.float32).reshape(-1, 1, 8, 8)
    return TensorDataset(pixels, torch.tensor(digits, dtype=torch.long))


def build_model(channels: int, dropout: float) -> nn.Sequential:
    """Give two convolutions and a linear layer."""
    return nn.Sequential(
        nn.Conv2d(1, channels, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.Conv2d(channels, 2 * channels, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(2 * channels * 4 * 4, 10),
    )


@torch.no_grad()
def evaluate(model: nn.Module, batches: DataLoader, device: str) -> tuple[float, float]:
    """Give the mean cross-entropy in nats and the share of digits read right."""
    model.eval()
    images, digits = next(iter(batches))
    scores = model(images.to(device)).cpu()
    accuracy = (scores.argmax(dim=1) == digits).float().mean()
    return cross_entropy(scores, digits).item(), accuracy.item()
