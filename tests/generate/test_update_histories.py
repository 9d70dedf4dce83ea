"""Updates through random histories lose nothing. `make soak` replays hundreds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .histories import replay

# One that merges, and one with conflicts.
FEW = (0, pytest.param(4, marks=pytest.mark.long))
SEEDS = range(int(os.environ["HISTORIES"])) if "HISTORIES" in os.environ else FEW


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_history(seed: int, tmp_path: Path) -> None:
    """Every line of the user's stays; hunks two lines apart don't conflict; steps make a jump."""
    assert replay(seed, tmp_path).wrong == ()
