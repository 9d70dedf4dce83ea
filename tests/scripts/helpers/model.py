"""What the argparse program imports."""


def loss(lr: float, depth: int) -> float:
    """The loss of a trial."""
    return (lr - 0.1) ** 2 + depth
