"""A pod that was given up and comes back: its trial is another pod's by then."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from wandb_flyte import wandb_config, wandb_sweep_config
from wandb_flyte.runtime.agents._trial_run import STOOD_STILL_S
from wandb_flyte.runtime.backend.local_server import LocalServer

from .cluster import ROOT, Cluster
from .soak_project import ROWS
from .waiting import wait_for

# A pod that stood still for less was given up by nobody: Flyte and the ledger wait for longer.
NOTICED_S = STOOD_STILL_S + 2


@pytest.mark.long
@pytest.mark.parametrize("when", ["while it runs again", "when it has ended"])
def test_a_trial_that_was_taken_up_is_written_by_one_pod(
    cluster: Callable[..., Cluster], backend: LocalServer, tmp_path: Path, when: str
) -> None:
    """What a frozen pod still wanted to say is refused, it ends, and no trial is more or less."""
    import wandb

    journal = tmp_path / "journal"

    def lines(what: str, run: str = "") -> list[dict[str, Any]]:
        told = journal.read_text().splitlines() if journal.exists() else []
        noted = [line for line in map(json.loads, told) if line["what"] == what]
        return [line for line in noted if run in ("", line["run"])]

    # Slow enough that it still runs again when the pod has stood still for as long as it notices.
    row_s = "3" if when == "while it runs again" else "0.5"
    made = cluster(SOAK_JOURNAL=str(journal), SOAK_ROW_S=row_s, SOAK_RETRIES="3")
    config = wandb_sweep_config(
        method="grid", metric={"name": "loss"}, parameters={"x": {"values": [1, 2, 3]}}
    )
    context = {**wandb_config(project="given-up"), **config}
    made.start("run_parallel_sweep", context, total_trials=3, num_agents=1)
    wait_for(lambda: len(lines("row")) > 1, "a trial")
    old = next(pod for pod in made.pods() if pod.action != ROOT)
    run = lines("start")[-1]["run"]

    old.freeze()
    frozen_at = time.monotonic()
    old.give_up()
    again = "row" if when == "while it runs again" else "end"
    wait_for(lambda: len(lines("start", run)) == 2 and lines(again, run), "another attempt")
    wait_for(lambda: time.monotonic() - frozen_at > NOTICED_S, "the pod to stand still for long")
    old.thaw()

    wait_for(made.outcome, "the parent's end")
    assert "outputs" in (made.outcome() or {}), made.log()
    wait_for(lambda: not old.alive(), "the end of the old pod")
    api = wandb.Api(api_key=backend.key, overrides={"base_url": backend.url})
    runs = list(api.runs(f"{backend.entity}/given-up"))
    assert sorted(run.config["x"] for run in runs) == [1, 2, 3]
    assert {run.state for run in runs} == {"finished"}
    rows = {one.id: list(one.scan_history(keys=["row", "pod"])) for one in runs}
    assert [[row["row"] for row in told] for told in rows.values()] == [list(range(ROWS))] * 3
    (new,) = {line["pod"] for line in lines("start", run)} - {lines("start", run)[0]["pod"]}
    assert {row["pod"] for row in rows[run]} == {new}
    assert f"trial {run} was taken up by another agent while this one stood still" in made.log()
