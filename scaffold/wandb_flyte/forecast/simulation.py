"""A sweep played through many times: how long it goes on, and how much it uses."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace
from itertools import islice
from random import Random
from statistics import median
from typing import Protocol

from .durations import Durations

_MOST_DRAWS = 1_000
_FEWEST_DRAWS = 200
_MOST_STEPS = 100_000
# A longer sweep is played as one of so many trials and stretched: beyond it, what is unknown of the
# mean outweighs by far what chance does to the sum.
_MOST_TRIALS = 2_000
_TAIL = 0.05


class Stopping(Protocol):
    """Early termination, as a sweep config says it."""

    @property
    def bands(self) -> tuple[int, ...]:
        """The counts of logged values at which a trial is judged, ascending."""

    @property
    def eta(self) -> float:
        """Of the trials at a band, those up to the best 1/eta and one more go on."""


@dataclass(frozen=True)
class Shape:
    """How a sweep runs.

    Attributes:
        trials: How many trials it has.
        agents: How many run at the same time.
        overhead_s: Seconds from a trial's end to the next one's start.
        limit_s: The longest that a trial may take, None without a limit.
        stopping: Its early termination, None without any.
        steps: How many values of the metric a whole trial logs; early termination is judged by
            them. None when nobody knows.
    """

    trials: int
    agents: int
    overhead_s: float = 0.0
    limit_s: float | None = None
    stopping: Stopping | None = None
    steps: int | None = None

    @property
    def rounds(self) -> int:
        """How many trials come one after the other on an agent that gets its even share."""
        return math.ceil(self.trials / self.agents)


@dataclass(frozen=True)
class Interval:
    """A figure with the range that 90 of 100 outcomes are in.

    Attributes:
        low: 5 % of the outcomes are below.
        likely: The median outcome.
        high: 5 % of the outcomes are above.
    """

    low: float
    likely: float
    high: float

    @classmethod
    def of(cls, outcomes: Sequence[float]) -> Interval:
        """The quantiles of outcomes."""
        ordered = sorted(outcomes)
        last = len(ordered) - 1
        low, high = (ordered[round(share * last)] for share in (_TAIL, 1 - _TAIL))
        return cls(low, median(ordered), high)

    def times(self, factor: float) -> Interval:
        """Every figure, so many times."""
        return Interval(self.low * factor, self.likely * factor, self.high * factor)

    def plus(self, other: Interval) -> Interval:
        """The sum of two figures that are high together."""
        return Interval(self.low + other.low, self.likely + other.likely, self.high + other.high)

    def at_most(self, limit: float) -> Interval:
        """The same where nothing can be above a limit."""
        return Interval(min(self.low, limit), min(self.likely, limit), min(self.high, limit))


@dataclass(frozen=True)
class Forecast:
    """What a sweep will take.

    Attributes:
        trial_s: Seconds that one trial takes.
        wall_s: Seconds from the sweep's first trial to its last one's end.
        agents_s: Seconds that its agents run, all together.
        saved: The share of the trials' work that early termination spares; None without any, or
            when nobody knows how many values a trial logs.
    """

    trial_s: Interval
    wall_s: Interval
    agents_s: Interval
    saved: Interval | None = None


def forecast(shape: Shape, durations: Durations, *, seed: int = 0) -> Forecast:
    """Plays a sweep through with durations that fit what was measured.

    Each agent takes the next trial as soon as it is free, and all agents run until their last.

    Args:
        shape: How the sweep runs.
        durations: What is known of its trials.
        seed: The same seed gives the same figures.
    """
    rng = Random(seed)  # noqa: S311 no secret
    trials = min(shape.trials, _MOST_TRIALS)
    stretch = shape.trials / trials
    draws = max(_FEWEST_DRAWS, min(_MOST_DRAWS, _MOST_STEPS // trials))
    one: list[float] = []
    wall: list[float] = []
    busy: list[float] = []
    saved: list[float] = []
    for logs in islice(_mirrored(rng, durations, trials), draws):
        whole = [_duration(log, shape.limit_s) for log in logs]
        kept = _kept(rng, trials, shape)
        taken = [length * share for length, share in zip(whole, kept, strict=True)]
        free_at = _play(taken, min(shape.agents, trials), shape.overhead_s)
        one.append(whole[0])
        wall.append(max(free_at) * stretch)
        busy.append(sum(free_at) * stretch)
        saved.append(1 - sum(taken) / sum(whole))
    judged = shape.stopping is not None and shape.steps is not None
    return Forecast(
        Interval.of(one),
        Interval.of(wall),
        Interval.of(busy),
        Interval.of(saved) if judged else None,
    )


def _mirrored(rng: Random, durations: Durations, trials: int) -> Iterator[list[float]]:
    """The logarithms of one sweep's durations after the other.

    Each comes with its mirror image, so that chance does not move the middle: of one trial of 15
    minutes, 15 minutes is the likely time.
    """
    middle = durations.center
    for mean, spread in durations.worlds(rng):
        logs = [rng.gauss(mean, spread) for _ in range(trials)]
        yield logs
        yield [2 * middle - log for log in logs]


def _duration(log: float, limit_s: float | None) -> float:
    length = math.exp(min(log, 50.0))
    return length if limit_s is None else min(length, limit_s)


def _play(lengths: Sequence[float], agents: int, overhead_s: float) -> list[float]:
    """When each agent ends, if each takes the next trial as soon as it is free."""
    free_at = [0.0] * agents
    heapify(free_at)
    for length in lengths:
        heapreplace(free_at, free_at[0] + length + overhead_s)
    return free_at


def _kept(rng: Random, trials: int, shape: Shape) -> list[float]:
    """The share of each trial that early termination lets run.

    A trial is stopped at a band where it is worse than the best 1/eta of those that came as far
    before it, itself included, and the next one. Nothing is known of the objective: any rank is as
    likely as any other, and a trial that is better than another stays so.
    """
    if shape.stopping is None or not shape.steps:
        return [1.0] * trials
    bands = [band for band in shape.stopping.bands if band < shape.steps]
    judged: list[list[float]] = [[] for _ in bands]
    shares = []
    for _ in range(trials):
        share, value = 1.0, rng.random()
        for band, values in zip(bands, judged, strict=True):
            bisect.insort(values, value)
            if value > values[int(1 / shape.stopping.eta * len(values))]:
                share = band / shape.steps
                break
        shares.append(share)
    return shares
