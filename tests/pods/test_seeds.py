"""Sweeps under faults: a few of the seeds that `make soak` runs 200 of."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from .faults import KINDS, planned
from .seeds import run_seed

# Together they have every kind of fault, agents that are retried and agents that are not.
SEEDS = (5, 26)


def test_every_kind_of_fault_is_made() -> None:
    """The few seeds leave none out."""
    made = {kind for seed in SEEDS for kind in planned(seed, random.Random(seed))}
    assert made == set(KINDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_trial_is_lost_and_none_is_run_twice(
    seed: int, empty_home: Path, tmp_path: Path
) -> None:
    """12 trials end, in one sweep, whatever is killed, frozen or cut off while they run."""
    verdict = run_seed(seed, tmp_path)

    assert verdict.problems == [], verdict.log
