"""What a run has of a metric: its final value, its best one, one row's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_flyte.backend import jsontext
from wandb_flyte.spec import Metric


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


def final_value(metric: Metric, summary: Mapping[str, Any]) -> float | None:
    """The metric's value in a run's summary; None when it has no finite one.

    Of several that `define_metric` keeps, such as `{"min": 0.1, "max": 0.9}`, the one that the
    metric's goal asks for.
    """
    value = lookup(summary, metric.name)
    if isinstance(value, Mapping):
        kinds = ("min" if metric.goal == "minimize" else "max", "best", "last")
        value = next((value[kind] for kind in kinds if kind in value), scalar(value))
    return jsontext.finite(value)


def best_value(metric: Metric, history_keys: str, summary: Mapping[str, Any]) -> float | None:
    """The metric's best value in a run's history and summary; None without a finite one."""
    seen = jsontext.mapping(history_keys).get(metric.name, {})
    logged = jsontext.finite(seen.get("min" if metric.goal == "minimize" else "max"))
    final = final_value(metric, summary)
    values = [value for value in (logged, final) if value is not None]
    return (min if metric.goal == "minimize" else max)(values, default=None)
