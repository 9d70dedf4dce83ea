"""Where a sweep is: what counts before what."""

from __future__ import annotations

from typing import Any

import pytest
from wandb_flyte.runtime.state import State
from wandb_flyte.runtime.tasks._sweep_place import sweep_place
from wandb_flyte.runtime.tasks.settings import WandbConfig, WandbSweepConfig

STATE = State(sweep_id="s1", entity="state-e", project="state-p")
OWN = WandbConfig(entity="own-e", project="own-p")
SWEEP = WandbSweepConfig(entity="sweep-e", project="sweep-p")
RUN = WandbConfig(entity="run-e", project="run-p")
ENV = {"WANDB_ENTITY": "env-e", "WANDB_PROJECT": "env-p"}
NONE: dict[str, Any] = {
    "state": State(),
    "own": WandbConfig(),
    "sweep": WandbSweepConfig(),
    "run": WandbConfig(),
    "env": {},
}


@pytest.mark.parametrize(
    ("sweep_id", "says", "place"),
    [
        ("e/p/s1", {"state": STATE, "own": OWN}, ("e", "p")),
        ("p/s1", {"state": STATE, "own": OWN}, ("state-e", "p")),
        ("s1", {"state": STATE, "own": OWN, "sweep": SWEEP}, ("state-e", "state-p")),
        ("s2", {"state": STATE, "own": OWN, "sweep": SWEEP}, ("own-e", "own-p")),
        ("", {"state": STATE, "sweep": SWEEP, "run": RUN}, ("sweep-e", "sweep-p")),
        ("", {"run": RUN, "env": ENV}, ("run-e", "run-p")),
        ("", {"run": WandbConfig(project="run-p"), "env": ENV}, ("env-e", "run-p")),
        ("s2", {"state": STATE}, ("", "")),
    ],
)
def test_the_nearest_word_counts(
    sweep_id: str, says: dict[str, Any], place: tuple[str, str]
) -> None:
    """The id itself, the parent's sweep, decorator, sweep settings, run settings, environment."""
    assert sweep_place(sweep_id, **{**NONE, **says}) == place
