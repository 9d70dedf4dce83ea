"""Hyperband's early stopping, as W&B's engine does it (`sweeps` 0.3.0, `hyperband_stopping.py`)."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass

from wandb_flyte.spec import EarlyTerminate


@dataclass
class _Standing:
    """Where a trial stands: how many values it has, the best one, and the last band's."""

    count: int = 0
    best: float = math.inf
    band: int | None = None
    at_band: float = math.inf


class Hyperband:
    """Judges trials by what they have logged. A value costs the same beside few trials or many.

    Args:
        rules: The sweep config's `early_terminate`.
        goal: Whether the metric is to `minimize` or to `maximize`.
    """

    def __init__(self, rules: EarlyTerminate, goal: str) -> None:
        self._rules = rules
        self._sign = 1 if goal == "minimize" else -1
        # For each band, what the trials that came as far had logged there, in order.
        self._at_bands: dict[int, list[float]] = {band: [] for band in rules.bands}
        self._standings: dict[str, _Standing] = {}

    def log(self, trial: str, values: Iterable[float]) -> None:
        """Takes note of a trial's next finite values of the metric."""
        standing = self._standings.setdefault(trial, _Standing())
        for value in values:
            signed = self._sign * value
            standing.count += 1
            standing.best = min(standing.best, signed)
            if standing.count in self._at_bands:
                insort(self._at_bands[standing.count], signed)
                standing.band, standing.at_band = standing.count, signed

    def gives_up(self, trial: str) -> bool:
        """Whether it stops a running trial now.

        At its last band the trial has to be among the best 1/eta of all trials that came as far.
        """
        standing = self._standings.get(trial)
        if standing is None or standing.band is None:
            return False
        judged = standing.at_band if self._rules.strict else standing.best
        values = self._at_bands[standing.band]
        return judged > values[int(1 / self._rules.eta * len(values))]
