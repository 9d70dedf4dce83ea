"""What is left of a sweep's grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wandb_flyte.errors import InvalidInput


def points_left(config: Mapping[str, Any], taken: Iterable[Mapping[str, Any]]) -> int | None:
    """How many points of a sweep's grid no trial has had: a grid hands out none of them twice.

    Args:
        config: The sweep config.
        taken: The hyperparameters of the sweep's trials.

    Returns:
        None when the search is no grid, or one that can't be read.
    """
    from wandb_flyte.spec import grid_size, parse_sweep

    if config.get("method") != "grid":
        return None
    try:
        sweep = parse_sweep(config)
    except InvalidInput:
        return None
    size = grid_size(sweep)
    if size is None:
        return None
    axes = [(each.path, list(each.distribution.grid_values() or ())) for each in sweep.parameters]
    return size - len({place for point in taken if (place := _place(axes, point)) is not None})


def _place(
    axes: Iterable[tuple[tuple[str, ...], list[Any]]], point: Mapping[str, Any]
) -> tuple[int, ...] | None:
    """Where a trial stands on the grid, None when it is outside of it."""
    place = []
    for path, values in axes:
        value: Any = point
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value not in values:
            return None
        place.append(values.index(value))
    return tuple(place)
