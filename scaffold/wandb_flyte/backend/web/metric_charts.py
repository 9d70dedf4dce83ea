"""A run's charts: each metric over the steps at which it was logged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wandb_flyte.backend import jsontext
from wandb_flyte.backend.jsontext import finite
from wandb_flyte.backend.store import Run, overview
from wandb_flyte.backend.web.charts import Chart, Point, chart
from wandb_flyte.backend.web.text import shown

_MOST_CHARTS = 60
_SIZE = (360.0, 180.0)
# As many points as a chart this wide can show.
_SAMPLES = 500
# A course of one value is no line, and of few the values are worth pointing at.
_MOST_DOTS = 20

_Course = list[tuple[float, float]]


def over_steps(db: sqlite3.Connection, run: Run) -> list[Chart]:
    """A chart for each metric of the run's history, by name."""
    counts = _counts(run)
    courses = _courses(overview.thinned_history(db, run, _SAMPLES))
    # Of every n-th row a metric that is in few rows has little or nothing: its own are looked up,
    # and whatever was logged along with it is in them.
    short = {n for n, c in counts.items() if len(courses.get(n, ())) < min(c, _SAMPLES // 2)}
    for name in sorted(short):
        if len(courses.get(name, ())) < min(counts[name], _SAMPLES // 2):
            found = _courses(overview.history_with(db, run, name, _SAMPLES))
            for other in short & found.keys():
                courses[other] = max(courses.get(other, []), found[other], key=len)
    return [_chart(name, courses[name]) for name in counts if name in courses]


def _chart(name: str, course: _Course) -> Chart:
    few = course if len(course) <= _MOST_DOTS else []
    dots = [Point(x, y, title=f"step {shown(x)}: {shown(y)}") for x, y in few]
    return chart(name, dots, x_label="step", line=course, size=_SIZE)


def _counts(run: Run) -> dict[str, int]:
    """How many numbers the run logged of each metric that gets a chart."""
    keys = jsontext.mapping(run.history_keys)
    counts = {name: keys[name]["types"].get("number", 0) for name in sorted(keys)}
    drawn = [name for name, count in counts.items() if count and not name.startswith("_")]
    return {name: counts[name] for name in drawn[:_MOST_CHARTS]}


def _courses(lines: Sequence[str]) -> dict[str, _Course]:
    courses: dict[str, _Course] = {}
    for number, line in enumerate(lines):
        row = jsontext.mapping(line)
        step = finite(row.get("_step"))
        for name, value in _numbers(row):
            courses.setdefault(name, []).append((number if step is None else step, value))
    return courses


def _numbers(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for key, value in row.items():
        if not prefix and key.startswith("_"):
            continue
        if isinstance(value, dict):
            if "_type" not in value:
                yield from _numbers(value, f"{prefix}{key}.")
            continue
        number = finite(value)
        if number is not None:
            yield f"{prefix}{key}", number
