"""What the program imports."""

from package.parts.net import OFFSET


def loss(lr: float, depth: int) -> float:
    """The loss of a trial."""
    return (lr - 0.1) ** 2 + depth + OFFSET
