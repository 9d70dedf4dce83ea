"""One parameter of a grid: what tells its values apart, and which of them there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._kinds import value_key


class GridAxis:
    """The values of one parameter, as a grid search tries them.

    Args:
        values: What the distribution's `grid_values` gives: a list, or steps, however many.
    """

    def __init__(self, values: Sequence[Any]) -> None:
        self._values = values
        listed = values if isinstance(values, tuple) else ()
        # For values that are mappings: the keys that tell them apart.
        self._names = {name for value in listed if isinstance(value, dict) for name in value}
        self._keys = {value_key(value) for value in listed}

    def key(self, value: Any) -> str:
        """A text that is the same for equal values; a run may add keys of its own to a mapping."""
        if self._names and isinstance(value, Mapping):
            value = {name: item for name, item in value.items() if name in self._names}
        return value_key(value)

    def __contains__(self, value: Any) -> bool:
        if isinstance(self._values, tuple):
            return self.key(value) in self._keys
        nearest = _nearest(self._values, value)
        return nearest is not None and value_key(nearest) == value_key(value)


def _nearest(steps: Sequence[float], value: Any) -> float | None:
    """The step that is next to a value, without going through them all."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not steps:
        return None
    step = steps[1] - steps[0] if len(steps) > 1 else 1
    try:
        index = round((value - steps[0]) / step)
    except (OverflowError, ValueError):  # It is infinite, or no number, or too large for a float.
        return None
    return steps[index] if 0 <= index < len(steps) else None
