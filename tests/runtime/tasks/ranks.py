"""One process of distributed tasks, as torchrun starts it: `ranks.py PROJECT ROWS FOLDER`.

It runs a task for each row of the table and prints, as JSON, the run that it found itself in and
the links that Flyte would show.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flyte
from wandb_flyte import get_distributed_info, get_wandb_run, wandb_config, wandb_init

env = flyte.TaskEnvironment(name="ranks")


@dataclass
class Elastic:
    """The settings of Flyte's PyTorch plugin, which needs torch, as far as they count here."""

    nnodes: int
    nproc_per_node: int


def meet(folder: Path, rank: int) -> None:
    """Waits until every rank is here: a run that two share is left when both have opened it."""
    folder.mkdir(exist_ok=True)
    (folder / str(rank)).touch()
    deadline = time.monotonic() + 120
    while len(list(folder.iterdir())) < int(os.environ["WORLD_SIZE"]):
        assert time.monotonic() < deadline, "a rank did not come"
        time.sleep(0.02)


def decorated(row: dict[str, Any], number: int) -> Any:
    """The task of one row."""

    def train() -> str:
        run, here = get_wandb_run(), flyte.ctx()
        assert here is not None
        told = {"action": here.action.name, "place": get_distributed_info(), "run": None}
        if run is not None:
            run.log({f"rank-{here.rank}": 1.0})
            told |= {"run": run.id, "group": run.group, "url": run.url}
        meet(Path(sys.argv[3]) / str(number), here.rank)
        return json.dumps(told)

    train.__name__ = train.__qualname__ = f"train_{number}"
    task: Any = env.task(train)
    task.plugin_config = Elastic(row["nodes"], row["per_node"])
    return wandb_init(run_mode=row["run_mode"], rank_scope=row["rank_scope"])(task)


def main() -> None:
    """Runs a task for each row."""
    project, rows = sys.argv[1], json.loads(sys.argv[2])
    tasks = [decorated(row, number) for number, row in enumerate(rows)]

    @env.task
    def outer() -> list[str]:
        here = flyte.ctx()
        assert here is not None
        told = []
        for task in tasks:
            found = json.loads(task())
            found["links"] = [
                link.get_link(
                    run_name=here.action.run_name,
                    project="",
                    domain="",
                    context=dict(here.custom_context),
                    parent_action_name=here.action.name,
                    action_name=found["action"],
                    pod_name="localhost",
                )
                for link in task.links
            ]
            told.append({**found, "base": f"{here.action.run_name}-{found['action']}"})
        return [json.dumps(one) for one in told]

    flyte.init()
    context = dict(wandb_config(project=project))
    # All ranks of a task are one action of one run.
    run = flyte.with_runcontext(mode="local", name=project[:40], custom_context=context).run(outer)
    print(json.dumps([json.loads(one) for one in run.outputs()[0]]))


if __name__ == "__main__":
    main()
