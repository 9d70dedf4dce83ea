"""The winning config of a sweep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wandb_flyte.cli._run.local import PATIENCE_S, sweep_home, use_backend
from wandb_flyte.cli._run.progress import Snapshot, snapshot
from wandb_flyte.cli._run.request import RunRequest
from wandb_flyte.errors import UserError

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.records import SweepRef
    from wandb_flyte.runtime.backend.wire import WireClient
    from wandb_flyte.runtime.results import TrialResult

# How many sweeps are asked for a finished trial: each is two requests.
_MOST_SWEEPS = 10


@dataclass(frozen=True)
class Best:
    """The winner of a sweep.

    Attributes:
        sweep: The sweep's `entity/project/id`.
        metric: The name of the metric.
        trial: The trial that won.
        url: Its run's page.
    """

    sweep: str
    metric: str
    trial: TrialResult
    url: str

    def to_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return {
            "sweep": self.sweep,
            "run": {"id": self.trial.run_id, "name": self.trial.name, "url": self.url},
            "metric": {"name": self.metric, "value": self.trial.metric},
            "config": self.trial.config,
        }


def find_best(request: RunRequest) -> Best:
    """The finished trial with the best metric in a sweep; by default the newest that is no pilot.

    Raises:
        UserError: There is no sweep, it has no metric, or none of its trials finished with one.
    """
    from wandb_flyte.runtime.backend.records import SweepRef
    from wandb_flyte.runtime.backend.wire import WireClient
    from wandb_flyte.runtime.launch import of_pilot

    backend = use_backend(request)
    client = WireClient(backend.api_url, backend.key, patience_s=PATIENCE_S)
    entity, project = sweep_home(request, backend, client)
    names = (
        [request.sweep_id] if request.sweep else client.sweeps(entity, project, but_for=of_pilot)
    )
    if not names:
        raise UserError(
            f"The project `{entity}/{project}` has no sweep on the {backend.describe()}.",
            hint=f"Run one with `{request.project.run_command}`, or name the backend with "
            "--backend.",
        )
    ref = SweepRef(entity, project, names[0])
    current = _stand(client, ref)
    if not current.goal.metric:
        raise UserError(
            f"The sweep `{ref.path}` has no metric, so no trial of it is the best.",
            hint="Name one in sweep.yaml: `metric: {name: loss, goal: minimize}`.",
        )
    if current.warning:
        raise UserError(
            f"The sweep `{ref.path}` has no best trial: {current.warning}.",
            hint="`metric.name` in sweep.yaml is what a trial logs or returns.",
        )
    if current.best is None:
        raise UserError(
            f"No trial of the sweep `{ref.path}` finished with a `{current.goal.metric}`.",
            hint=_counts(current)
            + _earlier(client, [SweepRef(entity, project, name) for name in names[1:]]),
        )
    url = f"{backend.app_url}/{entity}/{project}/runs/{current.best.run_id}"
    return Best(ref.path, current.goal.metric, current.best, url)


def _stand(client: WireClient, ref: SweepRef) -> Snapshot:
    return snapshot(client.sweep(ref), client.sweep_runs(ref))


def _counts(current: Snapshot) -> str:
    """How many trials there are, and how many of them in which state."""
    states = Counter("stopped early" if one.stopped_early else one.state for one in current.trials)
    told = ", ".join(f"{count} {state}" for state, count in states.items())
    return f"Trials: {len(current.trials)}{f' ({told})' if told else ''}."


def _earlier(client: WireClient, refs: Sequence[SweepRef]) -> str:
    """How to ask for the newest of earlier sweeps that has a best trial, empty without one."""
    for ref in refs[:_MOST_SWEEPS]:
        if _stand(client, ref).best is not None:
            return f" The newest one with a finished trial: `--sweep {ref.sweep_id}`."
    return ""
