"""The values that one parameter takes: at a quantile, and on a grid."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ._kinds import KINDS

# Quantiles stay inside the open interval: at 0 or 1 a normal is infinite.
_EDGE = 2.0**-53


@dataclass(frozen=True)
class Distribution:
    """The values that one parameter takes.

    Attributes:
        name: W&B's name of the distribution.
        args: Its settings with defaults filled in, such as `min` and `max`.
    """

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def quantile(self, u: float) -> Any:
        """The value below which the share `u` of all draws falls (the inverse CDF).

        Args:
            u: A number between 0 and 1, both excluded.

        Returns:
            A value that JSON can carry: Python's own int, float, str and so on.

        Raises:
            UserError: The distribution is a beta one and scipy is not installed.
        """
        value = KINDS[self.name].quantile(self.args, _inside(u))
        q = self.args.get("q")
        return value if q is None else round(value / q) * q

    def unit(self, value: Any) -> float | None:
        """The quantile that `value` stands at, the inverse of `quantile`.

        Returns:
            A number between 0 and 1, both excluded, the middle of its share for one of several
            discrete values; None when `value` is not one that this distribution takes.
        """
        if value == 0 and "q" in self.args:
            # Rounded down from up to q / 2; zero itself has no logarithm.
            value = self.args["q"] / 4
        position = KINDS[self.name].position(self.args, value)
        return None if position is None or math.isnan(position) else _inside(position)

    def grid_values(self) -> Sequence[Any] | None:
        """The values that a grid search tries, each once, or None when they can't be listed."""
        lister = KINDS[self.name].grid
        return lister(self.args) if lister else None

    @property
    def constant(self) -> bool:
        """Whether it only ever takes one value."""
        return self.name == "constant"


def _inside(u: float) -> float:
    return min(max(u, _EDGE), 1 - _EDGE)
