"""An agent with several workers: as many trials at once, each on its own part of the machine."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.agents.agent import run_agent
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient

OBJECTIVES = Path(__file__).with_name("pinned_objectives.py")


def run(name: str, ref: SweepRef, **options: Any) -> Any:
    return asyncio.run(run_agent(f"{OBJECTIVES}:{name}", sweep_id=ref.path, **options))


def places(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in sorted((folder / "running").iterdir())]


@pytest.mark.parametrize("given", ["0,1", "-1"], ids=["gpus", "cpus"])
def test_trials_run_at_once_each_on_its_own(
    given: str,
    new_sweep: Callable[..., SweepRef],
    wire: WireClient,
    in_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two workers run two trials at the same time, with a GPU each, or with CPUs each."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", given)
    ref = new_sweep(1.0, 2.0)

    result = run("together", ref, workers=2)

    assert sorted(trial.config["lr"] for trial in result.trials) == [1.0, 2.0]
    assert {trial.state for trial in result.trials} == {"finished"}
    first, second = places(in_folder)
    assert first["pid"] != second["pid"]
    if given == "0,1":
        assert {first["gpus"], second["gpus"]} == {"0", "1"}
    elif len(os.sched_getaffinity(0)) > 1:
        assert not set(first["cpus"]) & set(second["cpus"])


def test_a_trial_that_dies_takes_no_other_along(
    new_sweep: Callable[..., SweepRef], wire: WireClient
) -> None:
    """Of several workers one dies; all trials of the sweep come to an end."""
    ref = new_sweep(1.0, 2.0, 3.0, 4.0)

    result = run("pick", ref, workers=2)

    states = {trial.config["lr"]: trial.state for trial in result.trials}
    assert states == {1.0: "finished", 2.0: "failed", 3.0: "finished", 4.0: "finished"}
    assert {run.state for run in wire.sweep_runs(ref)} == {"finished", "failed"}


def test_count_is_for_all_workers(new_sweep: Callable[..., SweepRef], wire: WireClient) -> None:
    """At most `count` trials, however many workers there are."""
    ref = new_sweep(1.0, 3.0, 4.0, 5.0, 6.0)

    result = run("pick", ref, workers=2, count=3)

    assert len(result.trials) == len(wire.sweep_runs(ref)) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workers": 0}, "workers is `0`: it must be a whole number, 1 or more."),
        ({"workers": "x"}, "workers is `x`: it must be a whole number, 1 or more."),
        (
            {"workers": 2, "isolation": "none"},
            'workers is `2`, and isolation="none" runs one trial at a time.',
        ),
    ],
)
def test_workers_that_can_not_be(
    options: dict[str, Any], message: str, new_sweep: Callable[..., SweepRef]
) -> None:
    """A number of workers that makes no sense is told."""
    ref = new_sweep(1.0)

    with pytest.raises(UserError) as caught:
        run("pick", ref, **options)

    assert caught.value.message == message
