"""Random search: independent draws, without an end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from random import Random as Generator
from typing import Any

from wandb_flyte.backend.search.base import Observation
from wandb_flyte.spec import SweepConfig, assemble

_BITS = 53


class Random:
    """Draws each parameter from its distribution.

    With `seed` in the sweep config the draw depends on it and on the number of trials so far.
    """

    def __init__(self, config: SweepConfig) -> None:
        self._config = config
        self._seed = secrets.randbits(64) if config.seed is None else config.seed

    def suggest(self, history: Sequence[Observation]) -> dict[str, Any]:
        """A new draw."""
        return draw(self._config, self._seed, len(history))


def draw(config: SweepConfig, seed: int, number: int) -> dict[str, Any]:
    """The draw of that number in the sequence that `seed` starts."""
    # Seeded with a text: Python hashes it whole, so that neighbouring numbers share nothing.
    generator = Generator(f"{seed}:{number}")  # noqa: S311 - not for secrets
    return assemble(config, [p.distribution.quantile(_open(generator)) for p in config.parameters])


def _open(generator: Generator) -> float:
    """A number above 0 and below 1: at either end some distributions are infinite."""
    return (generator.getrandbits(_BITS) + 0.5) / (1 << _BITS)
