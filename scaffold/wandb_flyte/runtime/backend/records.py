"""What the wire client takes and gives: sweeps, runs and commands as the backend knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from wandb_flyte._agreed import FAILED, REASON_KEY


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
        created_at: When it was made, an ISO date.
    """

    ref: SweepRef
    global_id: str
    name: str
    state: str
    config: dict[str, Any]
    description: str
    run_count: int
    expected_runs: int | None
    created_at: str = ""

    def trials(self, runs: Iterable[RunInfo]) -> list[RunInfo]:
        """Those of its runs that are its trials; prior runs, which it learns from, are none."""
        return [run for run in runs if not self._is_prior(run)]

    def _is_prior(self, run: RunInfo) -> bool:
        # No backend says which they are. Some tell whole seconds.
        if not self.created_at or not run.created_at:
            return False
        return moment(run.created_at).replace(microsecond=0) < moment(self.created_at).replace(
            microsecond=0
        )

    def stopped_early(self, run: RunInfo) -> bool:
        """Whether the sweep's early termination stopped a run of it.

        No backend says who stopped a run; in a sweep that was not canceled it is seldom a person.
        """
        stopped = run.state == "killed" and self.state != "CANCELED"
        return stopped and bool(self.config.get("early_terminate"))


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

    @property
    def error(self) -> str:
        """Why it failed, such as `ValueError: bad rate`; empty when it did not, or nobody knows."""
        return self._reason("error")

    @property
    def where(self) -> str:
        """Where it failed, as `FILE:LINE`; empty when unknown."""
        return self._reason("where")

    @property
    def duration_s(self) -> float:
        """Seconds that it took, as far as it told."""
        wandb = self.summary.get("_wandb")
        # Whole seconds until its end, and the exact time of the last row.
        told = (
            wandb.get("runtime") if isinstance(wandb, Mapping) else 0,
            self.summary.get("_runtime"),
        )
        return max([float(value) for value in told if isinstance(value, int | float)], default=0.0)

    @property
    def ended(self) -> bool:
        """Whether its trial came to an end, and was not lost with its agent."""
        if self.state == "failed":
            return not self._reason("lost")
        return self.state in ("finished", "killed")

    def _reason(self, name: str) -> str:
        # A run that was taken up again still has the reason of its first end.
        reason = self.summary.get(REASON_KEY) if self.state in FAILED else None
        return str(reason.get(name) or "") if isinstance(reason, Mapping) else ""


def reason_entry(error: str, where: str, *, lost: bool = False) -> dict[str, dict[str, Any]]:
    """What is added to a run's summary for `RunInfo` to read.

    Args:
        error: Why its trial failed.
        where: Where it failed.
        lost: Whether its agent went away: its trial has to be taken up again.
    """
    return {REASON_KEY: {"error": error, "where": where, **({"lost": True} if lost else {})}}


@dataclass(frozen=True)
class AgentInfo:
    """An agent as the backend knows it.

    Attributes:
        id: The backend's id of it, which heartbeats name.
        name: Its short id.
        host: What it said about itself when it registered.
        created_at: When it did, an ISO date.
        heartbeat_at: When it was last heard of, an ISO date.
    """

    id: str
    name: str
    host: str
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


def moment(date: str) -> datetime:
    """A backend's date; one without a zone is in UTC."""
    when = datetime.fromisoformat(date)
    return when if when.tzinfo else when.replace(tzinfo=UTC)
