"""docs/runs.md says which setting gives which runs: each row is tried, its link included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import flyte
import pytest
from wandb_flyte import get_wandb_run, wandb_config, wandb_init

from .runs_table import NONE, Row, filled, rows

RANKS = Path(__file__).with_name("ranks.py")
env = flyte.TaskEnvironment(name="runs-table")


@wandb_init
@env.task
async def child(number: int) -> str:
    run, here = get_wandb_run(), flyte.ctx()
    assert here is not None
    run.log({f"row-{number}": 1.0})
    return json.dumps({"action": here.action.name, "run": run.id, "url": run.url})


def link_for(action: str) -> str:
    here = flyte.ctx()
    assert here is not None
    return str(
        child.links[0].get_link(
            run_name=here.action.run_name,
            project="",
            domain="",
            context=dict(here.custom_context),
            parent_action_name=here.action.name,
            action_name=action,
            pod_name="localhost",
        )
    )


async def tried(number: int, row: Row) -> dict[str, Any]:
    """What becomes of a child with a row's settings."""
    here = flyte.ctx()
    assert here is not None
    given = f"given-{number}" if row.given == "I" else None
    with wandb_config(run_mode=row.run_mode, id=given):  # type: ignore[arg-type]
        try:
            found = json.loads(await child(number))
        except flyte.errors.RuntimeUserError as error:
            return {"run": "refused", "why": str(error), "link": link_for("a1")}
        base = f"{here.action.run_name}-{found['action']}"
        return {**found, "link": link_for(found["action"]), "A": base, "I": given}


async def all_tried(parents_run: str) -> list[str]:
    return [
        json.dumps({**await tried(number, row), "row": number})
        for number, row in enumerate(rows())
        if row.per_node == 1 and row.parent == parents_run
    ]


@env.task
async def parent_without_run() -> list[str]:
    return await all_tried(NONE)


@wandb_init
@env.task
async def parent_with_run() -> list[str]:
    return [str(get_wandb_run().id), *await all_tried("P")]


def page(found: dict[str, Any]) -> str:
    return "/".join(found["link"].rsplit("/", 2)[1:])


def test_children_of_a_parent_without_a_run(
    run_local: Callable[..., Any], backend: Any, reader: Any, project: str
) -> None:
    """Each row without a parent's run gives the run, and the link, that the table says."""
    results = [
        json.loads(text) for text in run_local(parent_without_run, wandb_config(project=project))
    ]

    assert len(results) == 6
    for found in results:
        row = rows()[found["row"]]
        if row.runs == ["refused"]:
            assert "needs a parent task with a run" in found["why"]
            assert found["link"] == f"{backend.url}/local/{project}"
            continue
        assert found["run"] == filled(row.runs[0], A=found["A"], I=found["I"] or ""), row
        assert page(found) == filled(row.links[0], A=found["A"], I=found["I"] or ""), row
        assert found["link"] == found["url"], row
        assert reader.run(found["run"]).summary[f"row-{found['row']}"] == 1.0


def test_children_of_a_parent_with_a_run(
    run_local: Callable[..., Any], backend: Any, reader: Any, project: str
) -> None:
    """Each row with a parent's run gives the run, and the link, that the table says."""
    own, *texts = run_local(parent_with_run, wandb_config(project=project))

    results = [json.loads(text) for text in texts]
    assert len(results) == 6
    for found in results:
        row = rows()[found["row"]]
        ids = {"A": found["A"], "I": found["I"] or "", "P": own}
        assert found["run"] == filled(row.runs[0], **ids), row
        assert page(found) == filled(row.links[0], **ids), row
        assert found["link"] == found["url"], row
        assert reader.run(found["run"]).summary[f"row-{found['row']}"] == 1.0


@pytest.mark.parametrize("nodes", [1, pytest.param(2, marks=pytest.mark.long)])
def test_ranks(nodes: int, backend: Any, reader: Any, project: str, tmp_path: Path) -> None:
    """Each process of a distributed task has the run that the table says; links lead to them."""
    wanted = [row for row in rows() if row.per_node > 1 and row.nodes == nodes]
    told = [json.dumps([asdict(row) for row in wanted])]
    processes = []
    for rank in range(nodes * 2):
        variables = {
            "RANK": rank,
            "LOCAL_RANK": rank % 2,
            "GROUP_RANK": rank // 2,
            "WORLD_SIZE": nodes * 2,
            "LOCAL_WORLD_SIZE": 2,
        }
        environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
        command = [sys.executable, str(RANKS), project, *told, str(tmp_path)]
        processes.append(
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        )
    outputs = [process.communicate(timeout=240)[0] for process in processes]
    by_rank = [json.loads(output.splitlines()[-1]) for output in outputs]

    for number, row in enumerate(wanted):
        ranks = [found[number] for found in by_rank]
        base = ranks[0]["base"]
        assert {found["base"] for found in ranks} == {base}
        runs = [found["run"] or NONE for found in ranks]
        assert runs == [filled(name, A=base) for name in row.runs], row
        groups = [filled(name, A=base) for name in row.groups]
        assert [found.get("group") or NONE for found in ranks] == groups, row
        pages = [filled(link, A=base) for link in row.links]
        assert [page({"link": link}) for link in ranks[0]["links"]] == pages, row
        for rank, found in enumerate(ranks):
            assert found["place"]["rank"] == rank
            if found["run"] is None:
                continue
            linked = found["links"][rank // 2 if len(pages) > 1 else 0]
            group = found["url"].replace(f"runs/{found['run']}", f"groups/{found['group']}")
            assert linked == (group if found["group"] else found["url"]), row
            run = reader.run(found["run"])
            assert run.summary[f"rank-{rank}"] == 1.0, row
            assert run.state == "finished", row
