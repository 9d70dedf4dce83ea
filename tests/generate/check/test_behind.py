"""Rows that W&B drops: what counts faster than the metric's step, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.generate.check.checking import check_files

SWEEP = """\
program: train.py
method: random
metric: {name: val_loss, goal: minimize}
run_cap: 4
parameters:
  lr: {min: 0.001, max: 0.01}
"""
START = "import wandb\n\nrun = wandb.init()\nlr = run.config.lr\n"
EPOCH = "    run.log({'val_loss': lr}, step=epoch)\n"
BATCHES = "    for batch in range(10):\n"


def found(folder: Path, body: str) -> list[str]:
    (folder / "sweep.yaml").write_text(SWEEP)
    (folder / "train.py").write_text(START + body)
    return [one.code for one in check_files(folder / "sweep.yaml")]


@pytest.mark.parametrize(
    "body",
    [
        f"for epoch in range(1, 4):\n{BATCHES}        run.log({{'loss': lr}})\n{EPOCH}",
        f"for epoch in range(4):\n{EPOCH}{BATCHES}        run.log({{'loss': lr}})\n",
        f"for epoch in range(4):\n    run.log({{'loss': lr}})\n{EPOCH}",
        f"for epoch in range(4):\n{BATCHES}        if batch % 5 == 0:\n"
        f"            run.log({{'loss': lr}})\n{EPOCH}",
        f"for epoch in range(4):\n{BATCHES}"
        f"        run.log({{'loss': lr}}, step=epoch * 10 + batch)\n{EPOCH}",
        f"seen = 0\nfor epoch in range(4):\n{BATCHES}        seen += 1\n"
        f"        run.log({{'loss': lr}}, step=seen)\n{EPOCH}",
    ],
    ids=["batches", "batches-after", "each-round", "now-and-then", "product", "counter"],
)
def test_rows_that_are_behind(body: str, tmp_path: Path) -> None:
    """The run is at a later step in every round, or in all but the first."""
    assert found(tmp_path, body) == ["WF305"]


@pytest.mark.parametrize(
    "body",
    [
        f"for epoch in range(1, 4):\n    run.log({{'loss': lr}})\n{EPOCH}",
        f"for epoch in range(4):\n{EPOCH}    run.log({{'loss': lr}})\n",
        f"for epoch in range(4):\n{BATCHES}        run.log({{'loss': lr}}, step=epoch)\n{EPOCH}",
        f"for epoch in range(4):\n{BATCHES}        run.log({{'loss': lr}}, commit=False)\n{EPOCH}",
        f"for epoch in range(4):\n{BATCHES}        if lr > 1:\n"
        f"            run.log({{'loss': lr}})\n{EPOCH}",
        f"for epoch in range(0, 900, 100):\n{BATCHES}        run.log({{'loss': lr}})\n{EPOCH}",
        f"for epoch in (100, 200):\n{BATCHES}        run.log({{'loss': lr}})\n{EPOCH}",
        f"for epoch in range(4):\n    run = wandb.init(reinit='finish_previous')\n{BATCHES}"
        f"        run.log({{'loss': lr}})\n{EPOCH}",
        f"run.log({{'loss': lr}})\nfor epoch in range(4):\n{EPOCH}",
    ],
    ids=[
        *("from-one", "after-it", "same-step", "not-committed", "only-if", "by-hundreds"),
        *("of-a-list", "a-run-each", "once"),
    ],
)
def test_rows_that_arrive(body: str, tmp_path: Path) -> None:
    """The step of the metric's rows is never behind the run's, or may not be."""
    assert found(tmp_path, body) == []
