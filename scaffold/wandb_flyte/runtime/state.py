"""What an action passes on to its sub-actions: the open run, the sweep, and where they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from wandb_flyte.runtime import _flyte

STATE_KEY = "wandb_flyte_state"


class State(NamedTuple):
    """What the parent action has open. Empty where it has nothing.

    Attributes:
        run_id: The W&B run.
        sweep_id: The sweep.
        entity: The sweep's or the run's entity.
        project: The sweep's or the run's project.
        app_url: The address of the backend's pages.
        top_up: Set for an agent that is started when all others have ended: what they lost is its.
        agents: How many agents of one sweep run at once; 0 when that is not known.
    """

    run_id: str = ""
    sweep_id: str = ""
    entity: str = ""
    project: str = ""
    app_url: str = ""
    top_up: bool = False
    agents: int = 0

    @classmethod
    def read(cls, context: Mapping[str, str]) -> State:
        """The state in a custom context; what another version of this wrote there is left out."""
        given = json.loads(context.get(STATE_KEY, "{}"))
        return cls(**{name: value for name, value in given.items() if name in cls._fields})

    def entries(self, **changes: Any) -> dict[str, str]:
        """The custom context's entry for this state, changed."""
        given = {name: value for name, value in self._replace(**changes)._asdict().items() if value}
        return {STATE_KEY: json.dumps(given)}


def state_here() -> State:
    """The state of the current action."""
    here = _flyte.where()
    return State.read(here.context) if here else State()
