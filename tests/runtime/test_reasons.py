"""A sweep's failures in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.runtime.backend.records import RunInfo, SweepInfo, SweepRef, reason_entry
from wandb_flyte.runtime.results import Goal, TrialResult
from wandb_flyte.runtime.tasks.reasons import (
    early_lines,
    failure_lines,
    metric_warning,
    short_place,
)


def failed(error: str, where: str = "", state: str = "failed") -> TrialResult:
    return TrialResult("r", state, error=error, where=where)


def finished(**summary: object) -> RunInfo:
    return RunInfo("r", "r", "finished", summary=dict(summary))


def test_failures_are_grouped_by_exception_and_place() -> None:
    """One line for each kind, the most frequent first, with the first one's message."""
    trials = [
        TrialResult("r", "finished"),
        failed("ValueError: bad rate 1", "f.py:1"),
        failed("RuntimeError: boom", "f.py:2"),
        failed("ValueError: bad rate 2", "f.py:1"),
        failed("ValueError: bad rate 3", "f.py:9"),
        failed("stopped", state="killed"),
        failed("", state="crashed"),
    ]
    assert failure_lines(trials) == [
        "2 trials failed: ValueError: bad rate 1 (f.py:1)",
        "1 trial failed: RuntimeError: boom (f.py:2)",
        "1 trial failed: ValueError: bad rate 3 (f.py:9)",
        "1 trial killed: stopped",
        "1 trial crashed, no reason is known",
    ]


def test_a_kill_without_a_word_was_asked_for() -> None:
    """Whoever ends everything at once leaves nobody to say so."""
    assert failure_lines([failed("", state="killed")]) == ["1 trial killed: stopped"]


def test_early_termination_is_no_failure() -> None:
    """Trials that early termination stopped are counted apart."""
    early = TrialResult("r", "killed", error="stopped", stopped_early=True)
    assert failure_lines([early]) == []
    assert early_lines([early, early, failed("x")]) == ["2 trials stopped early by hyperband"]
    assert early_lines([failed("", state="killed")]) == []


@pytest.mark.parametrize(
    ("config", "sweep_state", "run_state", "early"),
    [
        ({"early_terminate": {"type": "hyperband"}}, "RUNNING", "killed", True),
        ({"early_terminate": {"type": "hyperband"}}, "FINISHED", "killed", True),
        ({"early_terminate": {"type": "hyperband"}}, "CANCELED", "killed", False),
        ({"early_terminate": {"type": "hyperband"}}, "FINISHED", "failed", False),
        ({}, "FINISHED", "killed", False),
    ],
)
def test_what_early_termination_stopped(
    config: dict[str, object], sweep_state: str, run_state: str, early: bool
) -> None:
    """What was killed in a sweep with early termination, unless the sweep was canceled."""
    ref = SweepRef("e", "p", "s")
    sweep = SweepInfo(ref, "id", "s", sweep_state, dict(config), "", 1, None)
    assert sweep.stopped_early(RunInfo("r", "r", run_state)) is early


def test_many_kinds_of_failure_are_counted() -> None:
    """No more than six lines: of more kinds five are told, and how many others there are."""
    kinds = [failed("ValueError", f"f.py:{line}") for line in range(9)]
    lines = failure_lines(kinds)
    assert len(lines) == 6
    assert lines[-1] == "4 more trials did not finish, for 4 other reasons"
    assert failure_lines(kinds[:7])[-1] == "2 more trials did not finish, for 2 other reasons"
    assert failure_lines(kinds[:6]) == [
        f"1 trial failed: ValueError (f.py:{line})" for line in range(6)
    ]


def test_a_place_below_the_working_directory_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project's own file is named as the user knows it, any other one whole."""
    monkeypatch.chdir(tmp_path)
    assert short_place(f"{Path.cwd()}/a/objective.py:12") == "a/objective.py:12"
    assert short_place("/elsewhere/objective.py:12") == "/elsewhere/objective.py:12"
    assert short_place("") == ""


def test_a_reason_counts_while_the_run_has_failed() -> None:
    """A run that was taken up again and finished has none."""
    summary = reason_entry("ValueError: no", "f.py:1")
    run = RunInfo("r", "r", "failed", summary=dict(summary))
    again = RunInfo("r", "r", "finished", summary=dict(summary))
    assert (run.error, run.where) == ("ValueError: no", "f.py:1")
    assert (again.error, again.where) == ("", "")


@pytest.mark.parametrize(
    ("runs", "warning"),
    [
        ([finished(loss=1.0), finished(acc=1)], ""),
        ([RunInfo("r", "r", "failed")], ""),
        ([finished(acc=1, _step=0), finished(f1=1)], "they logged `acc`, `f1`"),
        ([finished(loss="NaN"), finished(loss="NaN")], "its last value was `NaN`"),
        ([finished(_step=0)], "they logged nothing"),
    ],
)
def test_a_missing_metric_is_told_with_what_is_there(runs: list[RunInfo], warning: str) -> None:
    """The warning names the metric and what the trials that finished have instead."""
    told = f"no trial gave a finite `loss`; {warning}" if warning else ""
    assert metric_warning(Goal("loss"), runs) == told
    assert metric_warning(Goal(), runs) == ""
