"""A new project is there as a whole, or nothing of it is, wherever its making is stopped."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from wandb_flyte.generate.new import new_project

from .helpers import request, tree
from .saboteur import Saboteur

STEP = 17  # Every write would take minutes: `STOPS=1` tries them all.


def interrupt() -> None:
    """What Ctrl-C and SIGTERM do."""
    raise KeyboardInterrupt


def fail() -> None:
    """What a full disk does."""
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("act", [interrupt, fail])
def test_at_any_write(work: Path, saboteur: Saboteur, act: Callable[[], None]) -> None:
    """Ctrl-C or a failure at the n-th write leaves nothing behind, or a whole project."""
    new_project(request())
    whole = tree(work / "demo").keys()
    before = tree(work)
    outcomes = []
    for number in range(0, 2000, int(os.environ.get("STOPS", STEP))):
        name = f"demo{number}"
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
            saboteur.arm(work, number, act)
            try:
                new_project(request(name))
            except BaseException:  # Whatever it is: what is left behind counts.
                os._exit(1)
            # It went through, stopped or not: some writes are allowed to fail.
            os._exit(0 if saboteur.act is None else 2)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        left = {path.name for path in work.iterdir()} - {"train.py", "sweep.yaml", "demo"}
        assert left <= {name}, number
        if left:
            assert tree(work / name).keys() == {
                path.replace("demo/", f"{name}/") for path in whole
            }, number
            shutil.rmtree(work / name)
        outcomes.append(code)
        if code == 2:
            break
    assert outcomes[-1] == 2
    assert outcomes[0] == 1
    assert {path: before[path] for path in before} == {
        path: content for path, content in tree(work).items() if path in before
    }
