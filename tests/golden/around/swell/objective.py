"""What one trial does: `fit` of `deep.train`, which lies beside this package."""

from deep.train import fit

__all__ = ["fit"]
