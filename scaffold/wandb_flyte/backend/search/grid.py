"""Grid search: every combination once, in W&B's order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from wandb_flyte.backend.search.base import Observation, leaves, missing
from wandb_flyte.spec import GridAxis, SweepConfig, assemble

Point = tuple[str, ...]


class Grid:
    """Goes through the combinations: parameters ordered by name, the last one varying fastest.

    A combination is used up by any run whose config holds it, in whatever state.
    """

    def __init__(self, config: SweepConfig) -> None:
        self._config = config
        self._values = [
            parameter.distribution.grid_values() or () for parameter in config.parameters
        ]
        self._axes = [GridAxis(values) for values in self._values]
        paths = [parameter.path for parameter in config.parameters]
        self._order = sorted(range(len(paths)), key=paths.__getitem__)
        self._size = math.prod(len(values) for values in self._values)
        self._next = 0
        self._used: dict[str, tuple[Observation, Point]] = {}
        self._points: set[Point] = set()

    def suggest(self, history: Sequence[Observation]) -> dict[str, Any] | None:
        """The first combination that no run holds, or None when all are used up."""
        self._take_note(history)
        while self._next < self._size:
            combination = self._combination(self._next)
            if self._point(combination) not in self._points:
                return assemble(self._config, combination)
            self._next += 1
        return None

    def _take_note(self, history: Sequence[Observation]) -> None:
        changed = False
        for observation in history:
            known = self._used.get(observation.run_id)
            if known is not None and known[0] is observation:
                continue
            point = self._point(list(leaves(self._config, observation.config)))
            changed |= known is not None and known[1] != point
            self._used[observation.run_id] = (observation, point)
            self._points.add(point)
        if changed or len(self._used) > len(history):
            # A run was deleted or its config changed: its combination is free again.
            self._used = {o.run_id: self._used[o.run_id] for o in history}
            self._points = {point for _, point in self._used.values()}
            self._next = 0

    def _combination(self, number: int) -> list[Any]:
        values: list[Any] = [None] * len(self._values)
        for place in reversed(self._order):
            number, index = divmod(number, len(self._values[place]))
            values[place] = self._values[place][index]
        return values

    def _point(self, values: Sequence[Any]) -> Point:
        return tuple(
            "" if missing(value) else axis.key(value)
            for value, axis in zip(values, self._axes, strict=True)
        )
