"""Runs that pods share: a child in a pod of its own writes to its parent's run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from flyte._internal.runtime import io
from wandb_flyte import wandb_config
from wandb_flyte.runtime.backend.local_server import LocalServer

from .cluster import Cluster


def test_children_in_pods_share_the_parents_run(
    cluster: Callable[..., Cluster], backend: LocalServer
) -> None:
    """Parent, trace and children log to one run, which ends as the parent does; `new` has its own.

    A child that fails does not end the run that it shares.
    """
    import wandb

    made = cluster("sharing_project")
    made.start("parent", wandb_config(project="sharing"))
    deadline = time.monotonic() + 120
    while made.outcome() is None and time.monotonic() < deadline:
        time.sleep(0.05)

    outcome: Any = made.outcome() or {}
    assert "outputs" in outcome, made.log()
    ids = str(asyncio.run(io.load_outputs(outcome["outputs"])).proto_outputs)
    api = wandb.Api(api_key=backend.key, overrides={"base_url": backend.url})
    shared = api.run(f"{backend.entity}/sharing/podrun-a0")
    logged = {"parent": 1.0, "traced": 2.0, "child": 3.0, "broken": 5.0, "after": 6.0}
    assert {name: shared.summary[name] for name in logged} == logged
    assert "this child fails" in shared.summary["reason"]
    assert shared.state == "finished"
    assert ids.count('"podrun-a0"') == 2
    (own,) = (run for run in api.runs(f"{backend.entity}/sharing") if run.id != shared.id)
    assert (own.summary["own"], own.state) == (4.0, "finished")
    assert own.id in ids
