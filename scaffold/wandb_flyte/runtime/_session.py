"""Which sweep an agent works for, and how it reaches the backend."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from wandb_flyte.errors import UserError
from wandb_flyte.runtime.credentials import find_credentials
from wandb_flyte.runtime.wire import SweepRef, WireClient

# A heartbeat that can't get through is tried again by the next one.
_PATIENCE_S = 20.0


@dataclass(frozen=True)
class Session:
    """An agent's sweep and its way to the backend.

    Attributes:
        client: Speaks to the backend.
        ref: The sweep.
        metric_name: The sweep's metric, empty when it has none.
        environment: The variables that point wandb at the backend.
    """

    client: WireClient
    ref: SweepRef
    metric_name: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def entity(self) -> str:
        """The sweep's entity."""
        return self.ref.entity

    @property
    def project(self) -> str:
        """The sweep's project."""
        return self.ref.project


def find_session(sweep_id: str | None) -> Session:
    """The session of an agent: from the Flyte task around it, else from `WANDB_*` variables.

    Args:
        sweep_id: The sweep's id, or `entity/project/id`.

    Raises:
        UserError: No sweep, no key, or the backend knows no such sweep.
    """
    credentials = find_credentials()
    if credentials is None:
        raise UserError("There is no W&B key.", hint="Set WANDB_API_KEY, or run `wandb login`.")
    client = WireClient(credentials.api_url, credentials.key, patience_s=_PATIENCE_S)
    *path, name = (sweep_id or "").split("/")
    entity, project = path if len(path) == 2 else ("", *path) if path else ("", "")
    entity = entity or os.environ.get("WANDB_ENTITY") or client.viewer()
    project = project or os.environ.get("WANDB_PROJECT") or "uncategorized"
    ref = SweepRef(entity, project, name)
    metric = client.sweep(ref).config.get("metric")
    return Session(
        client=client,
        ref=ref,
        metric_name=str(metric.get("name") or "") if isinstance(metric, dict) else "",
        environment={"WANDB_BASE_URL": credentials.api_url, "WANDB_API_KEY": credentials.key},
    )
