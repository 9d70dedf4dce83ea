"""The hyperparameters of sweep.yaml, typed: annotate the objective's config with `Params`.

Made from sweep.yaml; `wandb-flyte check --fix` makes it anew.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Params:
    """What one trial gets."""

    learning_rate: float  # 0.001 to 1, log_uniform_values
    momentum: float  # 0 to 0.9, uniform
    hidden: Literal[16, 32, 64]
    batch_size: Literal[16, 32]
