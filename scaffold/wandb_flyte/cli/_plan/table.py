"""A plan as lines to read."""

from __future__ import annotations

from collections.abc import Iterator

from wandb_flyte.cli._output import counted
from wandb_flyte.cli._plan.planning import Plan
from wandb_flyte.cli._plan.resources import Limits
from wandb_flyte.cli._run.report import clock
from wandb_flyte.forecast import Interval

_WIDTH = 13
_AS_WAS = "unknown: `--pilot` runs one trial, `--trial-time 15m` says it"
_PRECISE_BELOW_S = 60
_USED = {"gpu_hours": "GPU hours", "cpu_hours": "CPU hours", "cost": "cost"}


def plan_lines(plan: Plan) -> Iterator[str]:
    """The table that `wandb-flyte plan` prints."""
    for label, text in _rows(plan):
        yield f"{label:<{_WIDTH}}{text}"
    for finding in (*plan.over_kits, *plan.over_caps()):
        yield f"over the cap: {finding}"
    for warning in plan.warnings:
        yield f"warning: {warning}"


def _rows(plan: Plan) -> Iterator[tuple[str, str]]:
    shape, told = plan.shape, plan.told
    points = "more points than can be counted"
    if plan.points is not None:
        points = counted(plan.points, "point")
    yield "search", f"{plan.method} over {counted(plan.parameters, 'hyperparameter')}, {points}"
    how = f"{shape.trials} by {counted(shape.agents, 'agent')}, {counted(shape.rounds, 'round')}"
    yield "trials", f"{how}; {plan.agents.spare}" if plan.agents.spare else how
    yield "a trial", f"{_time(told.trial_s)}, from {plan.source}" if told else _AS_WAS
    if told:
        yield "the sweep", _time(told.wall_s)
    if plan.needed and plan.too_short:
        limits = " and ".join(f"{name} ({clock(s)})" for name, s in plan.too_short.items())
        yield (
            "too long",
            f"its trials need {_time(plan.needed)}, more than {limits} in settings.py: "
            "raise that, or run fewer trials or more agents",
        )
    currency = f"{plan.prices.currency} " if plan.prices.currency else ""
    for unit, label in _USED.items():
        likely, most = plan.used(unit)
        if likely and most != 0:
            yield label, (currency if unit == "cost" else "") + _range(likely)
    if most_of_each := list(_most(plan, currency)):
        yield "at most", f"{', '.join(most_of_each)}, {_limits(plan.limits)}"
    if shape.stopping is not None:
        saved = told.saved if told else None
        yield (
            "hyperband",
            f"spares {_range(saved.times(100))} % of the trials' work, counted in above"
            if saved
            else "spares an unknown part: no trial has told yet how many rows it logs",
        )


def _most(plan: Plan, currency: str) -> Iterator[str]:
    """What the sweep can't come to more of."""
    if plan.limits.wall_s is not None:
        yield clock(plan.limits.wall_s)
    for unit, label in _USED.items():
        _, most = plan.used(unit)
        if most:
            yield f"{currency or 'cost '}{most:.4g}" if unit == "cost" else f"{most:.4g} {label}"


def _limits(limits: Limits) -> str:
    """What that is from: not the trials, but the limits in settings.py."""
    named = [
        f"{name} {clock(seconds)} ({limits.places[name]})"
        for name, seconds in limits.timeouts.items()
    ]
    again = f" {limits.attempts} times (RETRIES, {limits.places['RETRIES']})"
    return f"if it reaches its time limits{again if limits.attempts > 1 else ''}: " + ", ".join(
        named
    )


def _time(interval: Interval) -> str:
    low, likely, high = (_one_time(s) for s in (interval.low, interval.likely, interval.high))
    return f"{likely} (9 of 10: {low} to {high})"


def _one_time(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds < _PRECISE_BELOW_S else clock(seconds)


def _range(interval: Interval) -> str:
    return f"{interval.likely:.3g} (9 of 10: {interval.low:.3g} to {interval.high:.3g})"
