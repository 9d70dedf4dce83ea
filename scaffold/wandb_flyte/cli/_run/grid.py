"""What is left of a sweep's grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wandb_flyte.errors import InvalidInput

if TYPE_CHECKING:
    from wandb_flyte.spec import GridAxis


def points_left(config: Mapping[str, Any], taken: Iterable[Mapping[str, Any]]) -> int | None:
    """How many points of a sweep's grid no trial has had: a grid hands out none of them twice.

    Args:
        config: The sweep config.
        taken: The hyperparameters of the sweep's trials.

    Returns:
        None when the search is no grid, or one that can't be read.
    """
    from wandb_flyte.spec import GridAxis, grid_size, parse_sweep

    if config.get("method") != "grid":
        return None
    try:
        sweep = parse_sweep(config)
    except InvalidInput:
        return None
    size = grid_size(sweep)
    if size is None:
        return None
    axes = [
        (parameter.path, GridAxis(parameter.distribution.grid_values() or ()))
        for parameter in sweep.parameters
    ]
    return size - len({place for point in taken if (place := _place(axes, point)) is not None})


def _place(
    axes: Iterable[tuple[tuple[str, ...], GridAxis]], point: Mapping[str, Any]
) -> tuple[str, ...] | None:
    """Where a trial stands on the grid, None when it is outside of it."""
    place = []
    for path, axis in axes:
        inner: Any = point
        for name in path[:-1]:
            inner = inner.get(name) if isinstance(inner, Mapping) else None
        if not isinstance(inner, Mapping) or path[-1] not in inner:
            return None
        value = inner[path[-1]]
        if value not in axis:
            return None
        place.append(axis.key(value))
    return tuple(place)
