"""What the backend knows of trials that ran before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wandb_flyte.cli._output import counted
from wandb_flyte.cli._run.local import PATIENCE_S, sweep_home, use_backend
from wandb_flyte.cli._run.request import RunRequest

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.records import RunInfo

# How many sweeps are asked for finished trials: each is a request.
_MOST_SWEEPS = 10
_COARSE_BELOW_S = 60.0
# What tells no time ended within the first of the whole seconds that are counted.
_SHORTEST_S = 1.0


@dataclass(frozen=True)
class Measured:
    """Trials that ran to their end.

    Attributes:
        seconds: How long each took.
        steps: The most rows that one of them logged, None when none tells.
        source: Where the figures are from, for people.
    """

    seconds: tuple[float, ...] = ()
    steps: int | None = None
    source: str = ""


def measured(request: RunRequest) -> Measured:
    """The finished trials of the sweep that is named, else of the newest one that has any.

    Raises:
        UserError: The backend can't be asked, or has no sweep of the name given.
    """
    from wandb_flyte.runtime.backend.records import SweepRef
    from wandb_flyte.runtime.backend.wire import WireClient

    backend = use_backend(request)
    client = WireClient(backend.api_url, backend.key, patience_s=PATIENCE_S)
    entity, project = sweep_home(request, backend, client)
    if request.sweep_id:
        names = [client.sweep(SweepRef(entity, project, request.sweep_id)).ref.sweep_id]
    else:
        names = client.sweeps(entity, project)[:_MOST_SWEEPS]
    for name in names:
        ref = SweepRef(entity, project, name)
        if (known := of_runs(client.sweep_runs(ref), f"sweep `{ref.path}`")).seconds:
            return known
    return Measured()


def of_runs(runs: Iterable[RunInfo], source: str) -> Measured:
    """What a sweep's runs say; only those that finished count."""
    finished = [run for run in runs if run.state == "finished"]
    seconds = [_length(run) for run in finished]
    steps = [step for run in finished if isinstance(step := run.summary.get("_step"), int)]
    return Measured(
        tuple(seconds),
        max(steps) + 1 if steps else None,
        f"{counted(len(seconds), 'trial')} of {source}" if seconds else "",
    )


def _length(run: RunInfo) -> float:
    """Seconds that a run took."""
    if run.duration_s >= _COARSE_BELOW_S:
        return run.duration_s
    # Whole seconds are too coarse for a short trial, so it is its last row's time that counts.
    last = run.summary.get("_timestamp")
    if not isinstance(last, int | float) or not run.created_at:
        return run.duration_s or _SHORTEST_S
    begun = datetime.fromisoformat(run.created_at)
    if begun.tzinfo is None:
        begun = begun.replace(tzinfo=UTC)
    return max(last - begun.timestamp(), run.duration_s) or _SHORTEST_S
