"""The model of a sweep config that has passed its checks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ._distributions import Distribution

# Where W&B's engine ends the bands that grow from `min_iter`.
_MOST_BANDS = 100
_NO_TRIAL_LOGS_SO_MUCH = 10**12

Goal = Literal["minimize", "maximize"]
Method = Literal["grid", "random", "bayes"]
Impute = Literal["worst", "best", "latest"]


@dataclass(frozen=True)
class Metric:
    """What the sweep optimizes.

    Attributes:
        name: The name that trials log it under.
        goal: `minimize` or `maximize`.
        target: The sweep ends once a trial reaches this value.
        impute: What a failed trial counts as in Bayesian search: worse than every other one, or
            its best or latest value.
        impute_while_running: Let a running trial count with its best value so far, and this when
            it has none; None leaves running trials out.
    """

    name: str
    goal: Goal = "minimize"
    target: float | None = None
    impute: Impute = "worst"
    impute_while_running: Impute | None = None

    def better(self, a: float, b: float) -> bool:
        """Whether `a` is strictly better than `b`."""
        return a < b if self.goal == "minimize" else a > b


@dataclass(frozen=True)
class Parameter:
    """One hyperparameter: a leaf of the config's `parameters`.

    Attributes:
        path: Its names from the outermost inwards; one name when it is not nested.
        distribution: The values it takes.
    """

    path: tuple[str, ...]
    distribution: Distribution

    @property
    def name(self) -> str:
        """The path with dots between, for people to read."""
        return ".".join(self.path)


@dataclass(frozen=True)
class EarlyTerminate:
    """Hyperband's early stopping, with W&B's defaults filled in.

    Attributes:
        min_iter: The first band, in logged values of the metric.
        max_iter: The end from which `s` bands are counted backwards; wins over `min_iter`.
        s: The number of bands before `max_iter`.
        eta: The ratio between bands; the best 1/eta of the trials go on.
        strict: Judge by the value at the band, not by the best value so far.
    """

    min_iter: int | None = None
    max_iter: int | None = None
    s: int | None = None
    eta: float = 3.0
    strict: bool = True

    @property
    def bands(self) -> tuple[int, ...]:
        """The counts of logged values at which a trial is judged, ascending."""
        bands: list[int] = []
        if self.max_iter is not None and self.s is not None:
            band = self.max_iter / self.eta
            while band >= 1 and len(bands) < min(self.s, _MOST_BANDS):
                bands.append(int(band))
                band /= self.eta
        elif self.min_iter is not None:
            band = float(self.min_iter)
            while band < _NO_TRIAL_LOGS_SO_MUCH and len(bands) < _MOST_BANDS:
                bands.append(int(band))
                band *= self.eta
        return tuple(sorted(bands))


@dataclass(frozen=True)
class SweepConfig:
    """A sweep config that can be run. Made by `parse_sweep`.

    Attributes:
        method: The search method.
        parameters: The hyperparameters in the file's order, nested ones as leaves.
        metric: What to optimize, when the file says.
        run_cap: The number of trials after which the sweep ends.
        early_terminate: When to stop bad trials early.
        seed: Makes the local backend's suggestions repeatable.
        raw: The config as it was written.
    """

    method: Method
    parameters: tuple[Parameter, ...]
    metric: Metric | None = None
    run_cap: int | None = None
    early_terminate: EarlyTerminate | None = None
    name: str | None = None
    description: str | None = None
    project: str | None = None
    entity: str | None = None
    program: str | None = None
    command: tuple[str, ...] | None = None
    seed: int | None = None
    raw: Mapping[str, Any] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The top-level parameter names in the file's order: the keys of a trial's config."""
        return tuple(dict.fromkeys(parameter.path[0] for parameter in self.parameters))

    @property
    def end(self) -> int | None:
        """How many trials the sweep has, or None when it never ends by itself."""
        limits = [limit for limit in (self.run_cap, grid_size(self)) if limit is not None]
        return min(limits, default=None)


def grid_size(config: SweepConfig) -> int | None:
    """The number of combinations of a grid, or None when the method is not grid."""
    if config.method != "grid":
        return None
    values = [parameter.distribution.grid_values() for parameter in config.parameters]
    return math.prod(len(v) for v in values if v is not None)


def assemble(config: SweepConfig, values: Sequence[Any]) -> dict[str, Any]:
    """A trial's config from one value for each of `config.parameters`, in their order.

    Returns:
        The values by name, nested as the sweep config nests them.
    """
    args: dict[str, Any] = {}
    for parameter, value in zip(config.parameters, values, strict=True):
        inner = args
        for name in parameter.path[:-1]:
            inner = inner.setdefault(name, {})
        inner[parameter.path[-1]] = value
    return args
