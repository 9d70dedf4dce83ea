"""Grid and random search until backend.search is there."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wandb_flyte.spec import SweepConfig, assemble


@dataclass(frozen=True)
class Observation:
    run_id: str
    config: dict[str, Any]
    state: str
    metric: float | None
    index: int


class Strategy(Protocol):
    def suggest(self, history: Sequence[Observation]) -> dict[str, Any] | None: ...


@dataclass(frozen=True)
class _Grid:
    config: SweepConfig

    def suggest(self, history: Sequence[Observation]) -> dict[str, Any] | None:
        used = {json.dumps(seen.config, sort_keys=True) for seen in history}
        values = [p.distribution.grid_values() or () for p in self.config.parameters]
        for point in itertools.product(*values):
            args = assemble(self.config, point)
            if json.dumps(args, sort_keys=True) not in used:
                return args
        return None


@dataclass(frozen=True)
class _Random:
    config: SweepConfig

    def suggest(self, history: Sequence[Observation]) -> dict[str, Any] | None:
        seed = None if self.config.seed is None else f"{self.config.seed}:{len(history)}"
        rng = random.Random(seed)
        draws = [p.distribution.quantile(rng.random() or 0.5) for p in self.config.parameters]
        return assemble(self.config, draws)


def strategy_for(config: SweepConfig) -> Strategy:
    return _Grid(config) if config.method == "grid" else _Random(config)
