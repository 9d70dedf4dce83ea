"""Where a run's summary, or a row of its history, holds a metric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def lookup(values: Mapping[str, Any], path: str) -> Any:
    """What stands at the path: under the whole name, or nested where it has dots; else None."""
    if path in values:
        return values[path]
    head, _, rest = path.partition(".")
    inner = values.get(head)
    return lookup(inner, rest) if rest and isinstance(inner, Mapping) else None


def scalar(value: Any) -> Any:
    """A summary value as one number: `define_metric(summary="min")` gives `{"min": 0.1}`."""
    if isinstance(value, Mapping) and len(value) == 1:
        (value,) = value.values()
    return value


def final(summary: Mapping[str, Any], name: str, goal: str) -> Any:
    """What a run's summary holds as the final value of a metric, of whatever type; else None.

    Of several that `define_metric` keeps, such as `{"min": 0.1, "max": 0.9}`, the one that the
    goal asks for.

    Args:
        summary: The run's summary.
        name: The metric's name.
        goal: `minimize` or `maximize`.
    """
    value = lookup(summary, name)
    if isinstance(value, Mapping):
        kinds = ("max" if goal == "maximize" else "min", "best", "last")
        value = next((value[kind] for kind in kinds if kind in value), scalar(value))
    return value
