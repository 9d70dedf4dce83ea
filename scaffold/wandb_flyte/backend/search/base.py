"""What every strategy is given and gives back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wandb_flyte.spec import SweepConfig

_MISSING = object()


@dataclass(frozen=True)
class Observation:
    """A trial as a strategy sees it.

    Attributes:
        run_id: The trial's run id.
        config: Its hyperparameters by top-level name.
        state: W&B's run state.
        metric: The best value of the sweep's metric, None when there is none.
        index: Its place in the sweep, from 0.
        latest: The metric's last value.
    """

    run_id: str
    config: Mapping[str, Any]
    state: str
    metric: float | None
    index: int
    latest: float | None = None


class Strategy(Protocol):
    """Proposes one trial after the other."""

    def suggest(self, history: Sequence[Observation]) -> dict[str, Any] | None:
        """The next trial's hyperparameters, or None when there are no more.

        The answer follows from the sweep config and the history alone: a strategy keeps nothing
        that it could not work out again. What it keeps for speed it finds again by an
        observation's identity, so pass the same object for a trial that has not changed.

        Args:
            history: Every trial of the sweep, in any state.

        Returns:
            Values that JSON can carry, nested as the sweep config nests them.
        """
        ...


def leaves(config: SweepConfig, args: Mapping[str, Any]) -> Iterator[Any]:
    """The value of each of the config's parameters in a trial's config; `missing` tells gaps."""
    for parameter in config.parameters:
        value: Any = args
        for name in parameter.path:
            value = value.get(name, _MISSING) if isinstance(value, Mapping) else _MISSING
        yield value


def missing(value: Any) -> bool:
    """Whether a trial's config does not have this leaf."""
    return value is _MISSING
