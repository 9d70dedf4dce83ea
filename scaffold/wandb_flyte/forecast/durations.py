"""How long a trial takes, from those that were measured."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from statistics import fmean

# What one measured trial leaves open: how widely durations spread. Before any is seen, the standard
# deviation of their logarithm is held to be about 0.5, with the weight of 3 trials.
_PRIOR_SPREAD = 0.5
_PRIOR_WEIGHT = 3.0
_SHORTEST_S = 1e-3


@dataclass(frozen=True)
class Durations:
    """The seconds that earlier trials took: at least one.

    Trials are held to be log-normal with unknown mean and variance. The mean has a flat prior, the
    variance a scaled inverse chi-squared one, which makes the posterior of both a closed formula
    (Gelman et al., Bayesian Data Analysis, third edition, section 3.3).

    Attributes:
        seconds: One figure for each trial that was measured.
    """

    seconds: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.seconds:
            raise ValueError("no trial was measured")

    @property
    def center(self) -> float:
        """The logarithm of a duration that half of the trials to come are above."""
        return fmean(self._logs)

    @property
    def _logs(self) -> list[float]:
        return [math.log(max(seconds, _SHORTEST_S)) for seconds in self.seconds]

    def worlds(self, rng: Random) -> Iterator[tuple[float, float]]:
        """Means and standard deviations of a duration's logarithm, drawn from their posterior."""
        logs, mean = self._logs, self.center
        count = len(logs)
        weight = _PRIOR_WEIGHT + count - 1
        squares = _PRIOR_WEIGHT * _PRIOR_SPREAD**2 + sum((log - mean) ** 2 for log in logs)
        while True:
            variance = squares / (2 * rng.gammavariate(weight / 2, 1.0))
            yield rng.gauss(mean, math.sqrt(variance / count)), math.sqrt(variance)
