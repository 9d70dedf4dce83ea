"""What a run has of a metric: its final value, and its best one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_flyte._metrics import final
from wandb_flyte.backend import jsontext
from wandb_flyte.spec import Metric


def final_value(metric: Metric, summary: Mapping[str, Any]) -> float | None:
    """The metric's value in a run's summary; None when it has no finite one."""
    return jsontext.finite(final(summary, metric.name, metric.goal))


def best_value(metric: Metric, history_keys: str, summary: Mapping[str, Any]) -> float | None:
    """The metric's best value in a run's history and summary; None without a finite one."""
    seen = jsontext.mapping(history_keys).get(metric.name, {})
    logged = jsontext.finite(seen.get("min" if metric.goal == "minimize" else "max"))
    values = [one for one in (logged, final_value(metric, summary)) if one is not None]
    return (min if metric.goal == "minimize" else max)(values, default=None)
