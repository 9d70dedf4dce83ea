"""What W&B's engine and ours are both asked: the standard library alone, so that both can load it.

Everything is drawn with fixed seeds by `random.random`, which gives the same in every Python.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

QUANTILES = [0.1, 0.5, 0.9, *((step + 0.5) / 20 for step in range(20))]
DRAWS = 300

# One of each distribution and more; the tests of the distributions use them too.
SPECS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "distributions.json").read_text()
)

_WORDS = ("relu", "gelu", "a b", "", "ключ", "true", "1e-3")
_STATES = ("running", "running", "running", "finished", "failed", "crashed", "killed", "pending")


def grids(count: int = 40) -> list[dict[str, Any]]:
    """The `parameters` of grids, nested up to three deep, of at most 60 points each."""
    found: list[dict[str, Any]] = []
    number = 0
    while len(found) < count:
        pick = _Picker(f"grid {number}")
        parameters, points = _level(pick, 0)
        if points <= 60:
            found.append(parameters)
        number += 1
    return found


def histories(count: int = 200) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Sweep configs with `early_terminate`, each with the runs that it is asked about."""
    return [_history(_Picker(f"hyperband {number}")) for number in range(count)]


class _Picker:
    """Choices that follow from a seed."""

    def __init__(self, seed: str) -> None:
        self._random: Callable[[], float] = Random(seed).random

    def below(self, end: int) -> int:
        return int(self._random() * end)

    def of(self, items: Sequence[Any]) -> Any:
        return items[self.below(len(items))]

    def chance(self, share: float) -> bool:
        return self._random() < share

    def number(self) -> float:
        """A loss; few digits, so that ties happen."""
        return round(4 * self._random() - 1, 1 + self.below(3))


def _level(pick: _Picker, depth: int) -> tuple[dict[str, Any], int]:
    level: dict[str, Any] = {}
    points = 1
    names = ["lr", "b", "Z", "layers", "a.b", "x-1", "_"]
    for _ in range(1 + pick.below(3)):
        name = names.pop(pick.below(len(names)))
        if depth < 2 and pick.chance(0.3):
            inner, size = _level(pick, depth + 1)
            level[name] = {"parameters": inner}
        else:
            level[name], size = _leaf(pick)
        points *= size
    return level, points


def _leaf(pick: _Picker) -> tuple[dict[str, Any], int]:
    kind = pick.below(5)
    if kind == 0:
        return {"value": pick.of([0, True, None, "x", 1.5, [1, 2], {"k": [1, None]}])}, 1
    if kind == 1:
        low = pick.below(9) - 4
        return {"min": low, "max": low + 1 + pick.below(3)}, 4
    if kind == 2:
        q = pick.of([1, 2, 0.3, 0.25])
        steps = 1 + pick.below(4)
        limits = {"min": pick.of([0, 1, 0.5]), "q": q}
        high = limits["min"] + q * (steps - 0.5)
        return {"distribution": "q_uniform", "max": round(high, 6), **limits}, steps
    values: list[Any] = list(_WORDS) if kind == 3 else [1, True, 2.5, None, 10**6, 0.1, [3, "y"]]
    while len(values) > 1 + pick.below(4):
        values.pop(pick.below(len(values)))
    return {"values": values}, len(values)


def _history(pick: _Picker) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    early: dict[str, Any] = {"type": "hyperband"}
    early["eta"] = pick.of([2, 3, 4, 1.5, 2.5])
    if pick.chance(0.5):
        early["min_iter"] = 1 + pick.below(6)
    else:
        early |= {"max_iter": 5 + pick.below(40), "s": 1 + pick.below(4)}
        if pick.chance(0.2):
            early["min_iter"] = 1 + pick.below(6)
    if pick.chance(0.3):
        del early["eta"]
    if pick.chance(0.7):
        early["strict"] = pick.chance(0.5)
    goal = pick.of(["minimize", "maximize"])
    config = {
        "method": "random",
        "metric": {"name": "loss", "goal": goal},
        "early_terminate": early,
        "parameters": {"a": {"min": 0, "max": 9}},
    }
    return config, [_run(pick, number) for number in range(1 + pick.below(14))]


def _run(pick: _Picker, number: int) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for step in range(pick.below(32)):
        row: dict[str, Any] = {"_step": step, "loss": pick.number()}
        if pick.chance(0.05):
            row["loss"] = pick.of([math.nan, math.inf, -math.inf, "high", None, True])
        if pick.chance(0.05):
            row = {"_step": step, "other": 1.0}
        rows.append(row)
    return {"name": f"run{number}", "state": pick.of(_STATES), "history": rows}
