"""Search strategies: what hyperparameters the next trial gets, and which trials stop early."""

from __future__ import annotations

from wandb_flyte.backend.search.base import Observation, Strategy
from wandb_flyte.backend.search.hyperband import Hyperband
from wandb_flyte.spec import SweepConfig

__all__ = ["Hyperband", "Observation", "Strategy", "strategy_for"]


def strategy_for(config: SweepConfig) -> Strategy:
    """The strategy of the config's method."""
    if config.method == "grid":
        from wandb_flyte.backend.search.grid import Grid

        return Grid(config)
    if config.method == "random":
        from wandb_flyte.backend.search.random import Random

        return Random(config)
    from wandb_flyte.backend.search.bayes import Bayes

    return Bayes(config)
