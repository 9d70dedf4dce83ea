"""Bayesian search: Optuna's TPE in the unit cube, W&B's distributions on top."""

from __future__ import annotations

import heapq
import math
import secrets
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

from wandb_flyte.backend.search.base import Observation, leaves
from wandb_flyte.backend.search.random import draw
from wandb_flyte.backend.store.streams import thin
from wandb_flyte.spec import Metric, SweepConfig, assemble

if TYPE_CHECKING:
    import optuna

# Points are drawn at random until so many trials have shown a metric.
_RANDOM_FIRST = 10
# TPE takes a tenth of all ended trials for good ones; failed ones must not be among them.
_SHARE_OF_GOOD = 0.1
# Of how many ended trials TPE draws at most, and how many of the best are always among them.
_MOST_SHOWN = 2000
_BEST_SHOWN = 50

# How a trial stands: its metric, `_WORST` when it ended without one, `_OPEN` before its end.
_WORST, _OPEN = "worst", "open"
Point = tuple[float, ...]


@dataclass(frozen=True)
class _Noted:
    """What the study was told of a trial; no number when it lies outside of the space."""

    observation: Observation
    point: Point | None
    standing: float | str
    number: int | None = None


class Bayes:
    """Draws where trials were good so far; open trials keep it from asking the same twice.

    A trial that failed counts as the metric's `impute` says, a running one as its
    `impute_while_running` does. With `seed` in the sweep config a suggestion depends on it and on
    the history alone.
    """

    def __init__(self, config: SweepConfig) -> None:
        self._config = config
        self._seed = secrets.randbits(64) if config.seed is None else config.seed
        parameters = enumerate(config.parameters)
        self._searched = [place for place, p in parameters if not p.distribution.constant]
        self._start_over()

    def suggest(self, history: Sequence[Observation]) -> dict[str, Any]:
        """A promising point; a random one as long as too few trials have shown a metric."""
        self._take_note(history)
        enough = max(_RANDOM_FIRST, math.ceil(_SHARE_OF_GOOD * self._ended))
        if self._good < enough or not self._searched:
            return draw(self._config, self._seed, len(history))
        point = self._sample(len(history))
        values = [parameter.distribution.quantile(0.5) for parameter in self._config.parameters]
        for place, u in zip(self._searched, point, strict=True):
            values[place] = self._config.parameters[place].distribution.quantile(u)
        return assemble(self._config, values)

    def _sample(self, number: int) -> Point:
        import optuna

        from wandb_flyte.backend.search.tpe import KnownSpaceSampler

        # One sampler a suggestion, so that it depends on the history, not on what this process
        # has asked before.
        seed = Random(f"{self._seed}:{number}").getrandbits(32)  # noqa: S311 - not for secrets
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            self._study.sampler = KnownSpaceSampler(self._cube, seed)
        self._storage.shown = self._shown()
        asked = self._study.ask(self._cube)
        self._numbers += 1
        point = tuple(asked.params[name] for name in self._cube)
        # The trial that runs at this point comes back in the history, rounded to a value that the
        # parameter takes; this one would stand beside it.
        self._study.tell(asked, state=optuna.trial.TrialState.FAIL)
        return point

    def _shown(self) -> list[int]:
        """The trials to draw from, by number: all, or the best and an even choice of the others.

        TPE takes the 25 best for good ones and the rest for an estimate of where everything is,
        which so many tell as well as all of them, in a time that does not grow.
        """
        told = [noted for noted in self._noted.values() if noted.number is not None]
        ended = [noted for noted in told if noted.standing != _OPEN]
        if len(ended) > _MOST_SHOWN:
            open_ = [noted for noted in told if noted.standing == _OPEN]
            told = [*self._best(ended), *thin(ended, _MOST_SHOWN), *open_]
        return sorted({noted.number for noted in told if noted.number is not None})

    def _best(self, ended: Sequence[_Noted]) -> list[_Noted]:
        measured = [(noted.standing, place) for place, noted in enumerate(ended)]
        numbers = [pair for pair in measured if not isinstance(pair[0], str)]
        minimize = self._config.metric is None or self._config.metric.goal == "minimize"
        pick = heapq.nsmallest if minimize else heapq.nlargest
        return [ended[place] for _, place in pick(_BEST_SHOWN, numbers)]

    def _start_over(self) -> None:
        import optuna

        from wandb_flyte.backend.search.tpe import ShownStorage

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        metric = self._config.metric
        self._storage = ShownStorage()
        self._study = optuna.create_study(
            storage=self._storage, direction=metric.goal if metric else "minimize"
        )
        self._numbers = 0
        unit = optuna.distributions.FloatDistribution(0.0, 1.0)
        self._cube: dict[str, optuna.distributions.BaseDistribution] = {
            ".".join(self._config.parameters[place].path): unit for place in self._searched
        }
        self._noted: dict[str, _Noted] = {}
        self._good = self._ended = 0

    def _take_note(self, history: Sequence[Observation]) -> None:
        news = [o for o in history if not self._is_known(o)]
        unknown = sum(o.run_id not in self._noted for o in news)
        deleted = len(self._noted) + unknown > len(history)
        if deleted or not all(self._note(observation) for observation in news):
            # A study takes nothing back: it is made anew for a trial that was deleted, changed
            # its config or went on after its end.
            self._start_over()
            for observation in history:
                self._note(observation)

    def _is_known(self, observation: Observation) -> bool:
        noted = self._noted.get(observation.run_id)
        return noted is not None and noted.observation is observation

    def _note(self, observation: Observation) -> bool:
        """Tell the study of a new or changed trial; False when it can't be told any more."""
        values = list(leaves(self._config, observation.config))
        units = [self._config.parameters[p].distribution.unit(values[p]) for p in self._searched]
        point = tuple(unit for unit in units if unit is not None)
        now = _Noted(
            observation,
            point if len(point) == len(units) else None,
            _standing(observation, self._config.metric),
        )
        noted = self._noted.get(observation.run_id)
        if noted is None:
            now = replace(now, number=self._add(now))
        elif noted.point != now.point or noted.standing not in (_OPEN, now.standing):
            return False
        else:
            now = replace(now, number=noted.number)
            if noted.standing != now.standing:
                self._tell(now)
        self._noted[observation.run_id] = now
        return True

    def _add(self, now: _Noted) -> int | None:
        import optuna

        if now.point is None:
            return None
        running = optuna.trial.create_trial(
            state=optuna.trial.TrialState.RUNNING,
            params=dict(zip(self._cube, now.point, strict=True)),
            distributions=self._cube,
        )
        number = self._numbers
        self._study.add_trial(running)
        self._numbers += 1
        now = replace(now, number=number)
        if now.standing != _OPEN:
            self._tell(now)
        return number

    def _tell(self, now: _Noted) -> None:
        import optuna

        if now.number is None:
            return
        self._ended += 1
        if isinstance(now.standing, float):
            self._good += 1
            self._study.tell(now.number, now.standing)
        else:
            # TPE ranks pruned trials behind all others: the worst, without inventing a number.
            self._study.tell(now.number, state=optuna.trial.TrialState.PRUNED)


def _standing(observation: Observation, metric: Metric | None) -> float | str:
    impute = metric.impute if metric else "worst"
    while_running = metric.impute_while_running if metric else None
    best, latest = _finite(observation.metric), _finite(observation.latest)
    if observation.state == "running" and while_running:
        without = _WORST if while_running == "worst" else _OPEN
        return without if best is None else best
    if observation.state in ("failed", "crashed"):
        # What it reached before it failed counts only when the sweep config says so.
        best = {"best": best, "latest": latest}.get(impute)
    elif observation.state == "killed" and impute == "latest":
        best = latest
    elif observation.state not in ("finished", "killed"):
        return _OPEN
    return _WORST if best is None else best


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
