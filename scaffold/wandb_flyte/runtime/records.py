"""What the wire client takes and gives: sweeps, runs and commands as the backend knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class SweepRef:
    """A sweep's address."""

    entity: str
    project: str
    sweep_id: str

    @property
    def path(self) -> str:
        """`entity/project/sweep`, as wandb writes it."""
        return f"{self.entity}/{self.project}/{self.sweep_id}"


@dataclass(frozen=True)
class SweepInfo:
    """A sweep as the backend knows it.

    Attributes:
        ref: Its address.
        global_id: The backend's own id of it, which changes to it need.
        name: Its display name.
        state: `PENDING`, `RUNNING`, `PAUSED`, `FINISHED` or `CANCELED`.
        config: Its sweep config.
        description: Its description.
        run_count: How many runs it has.
        expected_runs: How many runs it will have, or None when it has no end.
    """

    ref: SweepRef
    global_id: str
    name: str
    state: str
    config: dict[str, Any]
    description: str
    run_count: int
    expected_runs: int | None


@dataclass(frozen=True)
class RunInfo:
    """A run as the backend knows it.

    Attributes:
        id: Its W&B id.
        name: Its display name.
        state: `pending`, `running`, `finished`, `failed`, `crashed`, `killed` and so on.
        config: Its hyperparameters, without wandb's own entries.
        summary: Its summary, the last value of each metric.
        created_at: When it was made, an ISO date.
        heartbeat_at: When it was last heard of, an ISO date.
    """

    id: str
    name: str
    state: str
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    created_at: str = ""
    heartbeat_at: str = ""


@dataclass(frozen=True)
class Command:
    """What the backend tells an agent to do.

    Attributes:
        type: `run`, `resume`, `stop` or `exit`.
        run_id: The run that it is about.
        config: The trial's hyperparameters, for `run` and `resume`.
    """

    type: str
    run_id: str = ""
    config: dict[str, Any] = field(default_factory=dict)
