"""Sweeps whose server is killed while they run."""

import pytest

from .kills import run_sweep


def test_nothing_is_lost_or_double(tmp_path):
    """Killed again and again, half of the time after it did what it was asked, the server has
    every acknowledged row exactly once, and as many trials as the budget says."""
    outcome = run_sweep(tmp_path, 1, trials=120, kills=6, real=False)
    assert outcome.problems == []
    assert outcome.unheard


@pytest.mark.parametrize("without", ["offsets", "deliveries"])
def test_judge_sees_what_repeats_would_do(tmp_path, without):
    """A server that adds repeated rows, or forgets which trial it gave whom, is found out."""
    outcome = run_sweep(tmp_path, 2, trials=120, kills=8, real=False, without=without)
    assert outcome.problems
