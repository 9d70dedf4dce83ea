"""Updates through random histories lose nothing. `make soak` replays hundreds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .histories import replay

COUNT = int(os.environ.get("HISTORIES", "6"))


@pytest.mark.parametrize("seed", range(COUNT))
def test_a_random_history(seed: int, tmp_path: Path) -> None:
    """Every line of the user's stays; hunks two lines apart don't conflict; steps make a jump."""
    assert replay(seed, tmp_path).wrong == ()
