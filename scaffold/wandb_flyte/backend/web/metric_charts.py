"""A run's charts: each metric over its steps, or over the metric that it was defined to be."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
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

# A row's step, all of its numbers, and the metric's value.
_Course = list[tuple[float, Mapping[str, float], float]]


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
    defined = _defined(run)
    return [_chart(name, courses[name], defined(name)) for name in counts if name in courses]


def _chart(name: str, course: _Course, across: str) -> Chart:
    line = [(row[across], value) for _, row, value in course if across in row]
    if not line:
        across, line = "step", [(step, value) for step, _, value in course]
    few = line if len(line) <= _MOST_DOTS else []
    dots = [Point(x, y, title=f"{across} {shown(x)}: {shown(y)}") for x, y in few]
    return chart(name, dots, x_label=across, line=line, size=_SIZE)


def _defined(run: Run) -> Callable[[str], str]:
    """Gives what `define_metric(step_metric=…)` draws a metric over; empty when nothing."""
    own = jsontext.mapping(run.config).get("_wandb")
    kept = own.get("value") if isinstance(own, dict) else None
    found = kept.get("m") if isinstance(kept, dict) else None
    listed = found if isinstance(found, list) else []
    # The client's own form: "1" is a metric's name, "2" a pattern of names, "5" the place of the
    # step metric in this list, from 1.
    entries = [entry if isinstance(entry, dict) else {} for entry in listed]
    names = [entry.get("1") for entry in entries]
    steps: dict[str, str] = {}
    for entry in entries:
        given, place = entry.get("1", entry.get("2")), entry.get("5")
        if isinstance(given, str) and isinstance(place, int) and 0 < place <= len(names):
            steps[given] = str(names[place - 1])

    def step_of(name: str) -> str:
        # A pattern ends in `*`; what was defined by its name comes first.
        starts = (key for key in steps if key.endswith("*") and name.startswith(key[:-1]))
        return steps.get(name) or next((steps[key] for key in starts), "")

    return step_of


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
        numbers = dict(_numbers(row))
        for name, value in numbers.items():
            point = (number if step is None else step, numbers, value)
            courses.setdefault(name, []).append(point)
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
