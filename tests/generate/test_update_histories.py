"""Updates through random histories lose nothing. `HISTORIES=200` replays more of them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from .helpers import tree
from .histories import VERSIONS, are_apart, lost, make_history
from .updates import save

COUNT = int(os.environ.get("HISTORIES", "10"))


@pytest.mark.parametrize("seed", range(COUNT))
def test_a_random_history(seed: int, tmp_path: Path) -> None:
    """Every line of the user's stays; hunks two lines apart don't conflict; steps make a jump."""
    history = make_history(seed, tmp_path)
    shop, stepped = history.shop, tmp_path / "stepped"
    shutil.copytree(history.project, stepped)

    jump = shop.update(history.project).plan
    conflicts = len(jump.conflicts)
    for version in range(2, VERSIONS + 1):
        plan = shop.update(stepped, f"0.{version}.0").plan
        conflicts += len(plan.conflicts)
        assert [change.path for change in plan.conflicts if are_apart(change)] == []
        assert lost(history, stepped) == set()
        save(stepped)

    assert lost(history, history.project) == set()
    assert [change.path for change in jump.conflicts if are_apart(change)] == []
    if not conflicts:
        # An edited file that the template removed keeps what the last version before had for it.
        has = [c.path for c in jump.changes if c.template is not None and c.path.endswith(".txt")]
        jumped, walked = tree(history.project), tree(stepped)
        assert {name: jumped.get(name) for name in has} == {name: walked.get(name) for name in has}
