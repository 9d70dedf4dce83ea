"""How many agents a sweep has use for: one more than there are trials would start, and end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wandb_flyte.cli._output import counted
from wandb_flyte.cli._run.preflight import read_sweep
from wandb_flyte.spec import grid_size

if TYPE_CHECKING:
    from wandb_flyte.cli._run.request import RunRequest
    from wandb_flyte.runtime.backend.records import SweepInfo


@dataclass(frozen=True)
class Agents:
    """What was asked for, by option or in settings.py, and what there is use for.

    Attributes:
        asked: How many agents were asked for.
        trials: How many trials there are for them.
    """

    asked: int
    trials: int

    @property
    def count(self) -> int:
        """How many agents run."""
        return min(self.asked, self.trials)

    @property
    def spare(self) -> str:
        """Why fewer agents run than were asked for; empty when they all do."""
        if self.asked <= self.trials:
            return ""
        few = counted(self.trials, "trial")
        need = "needs" if self.trials == 1 else "need"
        return f"{self.asked} agents were asked for, and {few} {need} no more than {self.trials}"


def with_agents(
    request: RunRequest, inputs: Mapping[str, Any], joined: SweepInfo | None
) -> tuple[dict[str, Any], str]:
    """The inputs of the sweep's task with no more agents than it has use for.

    Args:
        request: What was asked of `run`.
        inputs: What the sweep's task is given for it.
        joined: The sweep that goes on, None for a new one.

    Returns:
        The inputs, and why there are fewer agents than were asked for; empty when there are not.
    """
    agents = _agents(request, inputs, joined)
    if agents is None or not agents.spare:
        return dict(inputs), ""
    return {**inputs, "num_agents": agents.count}, agents.spare


def _agents(
    request: RunRequest, inputs: Mapping[str, Any], joined: SweepInfo | None
) -> Agents | None:
    """How many agents a run has use for; None when its workflow alone knows."""
    settings = request.project.load("settings")
    asked = request.agents or getattr(settings, "AGENTS", None)
    total = inputs.get("total_trials") or getattr(settings, "TRIALS", None)
    if type(asked) is not int or type(total) is not int:
        return None
    if joined is not None:
        return Agents(asked, total - joined.run_count)
    size = grid_size(read_sweep(request.project))
    return Agents(asked, total if size is None else min(total, size))
