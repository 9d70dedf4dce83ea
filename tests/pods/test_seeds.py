"""Sweeps under faults: a few of the seeds that `make soak` runs 200 of."""

from __future__ import annotations

from pathlib import Path

import pytest

from .seeds import run_seed


@pytest.mark.parametrize("seed", range(5))
def test_no_trial_is_lost_and_none_is_run_twice(
    seed: int, empty_home: Path, tmp_path: Path
) -> None:
    """12 trials end, in one sweep, whatever is killed, frozen or cut off while they run."""
    verdict = run_seed(seed, tmp_path)

    assert verdict.problems == [], verdict.log
