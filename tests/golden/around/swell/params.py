"""The hyperparameters of sweep.yaml, typed: annotate the objective's config with `Params`.

Made from sweep.yaml; `wandb-flyte check --fix` makes it anew.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Params:
    """What one trial gets."""

    x: Literal[0, 1, 2]
