"""What the display draws and the closing table says, from a sweep's runs."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console
from wandb_flyte.cli._display import LiveDisplay, PlainDisplay, print_report
from wandb_flyte.cli._run.progress import as_result, snapshot
from wandb_flyte.cli._run.report import Ending, RunReport
from wandb_flyte.runtime.backend.records import RunInfo, SweepInfo, SweepRef


def sweep(**config: Any) -> SweepInfo:
    """A sweep of 1000 trials as a backend would tell it."""
    metric = {"name": "validation_loss", "goal": "minimize"}
    config = {"metric": metric, "run_cap": 1000, **config}
    return SweepInfo(SweepRef("e", "p", "s1"), "id", "s1", "RUNNING", config, "", 0, None)


def test_the_moving_line_fits_80_columns() -> None:
    """At 80 columns the line of a long sweep stays one line, its end cut off if it must be."""
    runs = [RunInfo(f"r{n}", f"r{n}", "failed") for n in range(120)]
    runs += [RunInfo(f"f{n}", f"f{n}", "finished", {"lr": 1}) for n in range(400)]
    runs += [RunInfo(f"o{n}", f"o{n}", "running") for n in range(16)]
    display = LiveDisplay(io.StringIO())
    display.moved(snapshot(sweep(), runs), 36000.0)
    shown = Console(file=io.StringIO(), width=80, force_terminal=True)
    shown.print(display._draw())

    text = shown.file.getvalue()  # type: ignore[attr-defined]
    assert len(text.splitlines()) == 1, text
    assert "520 of 1000 trials · 16 running · 120 failed · 10:00:00" in text


def failed(name: str, error: str, where: str = "/p/objective.py:3") -> RunInfo:
    """A run that failed."""
    return RunInfo(
        name, name, "failed", {"lr": 1}, {"_wandb_flyte": {"error": error, "where": where}}
    )


def report_of(runs: list[RunInfo]) -> RunReport:
    """What is known once a sweep of these runs has ended."""
    current = snapshot(sweep(), runs)
    return RunReport(
        ending="finished",
        backend="local",
        backend_url="http://here",
        log="/the/log",
        duration_s=3.0,
        result=as_result(current, "s1", "http://here/s1"),
        warning=current.warning,
    )


def printed(report: RunReport) -> str:
    """The closing table."""
    out = io.StringIO()
    print_report(report, out)
    return out.getvalue()


def test_a_failed_trials_line_has_its_reason() -> None:
    """The line of a trial that failed says why and where."""
    out = io.StringIO()
    PlainDisplay(out).moved(snapshot(sweep(), [failed("a", "ValueError: bad")]), 1.0)

    assert out.getvalue() == "[1/1000] failed  a  lr=1  ValueError: bad (/p/objective.py:3)\n"


def test_a_long_reason_is_cut() -> None:
    """Of a reason of thousands of characters, the trial's line and the table have the beginning."""
    runs = [failed("a", "ValueError: " + "bad " * 900)]
    out = io.StringIO()
    PlainDisplay(out).moved(snapshot(sweep(), runs), 1.0)

    assert len(out.getvalue()) < 400
    assert "bad… (/p/objective.py:3)\n" in out.getvalue()
    table = printed(report_of(runs))
    assert max(map(len, table.splitlines())) < 400


def test_a_stopped_trial_has_not_failed() -> None:
    """What was stopped, as Ctrl-C does, is not among the failures of the moving line."""
    runs = [
        failed("a", "ValueError: bad"),
        RunInfo("b", "b", "killed"),
        RunInfo("c", "c", "killed"),
    ]
    assert snapshot(sweep(), runs).failed == 1


@pytest.mark.parametrize("display", [PlainDisplay, LiveDisplay])
def test_a_failed_trials_line_waits_for_its_reason(display: type[PlainDisplay]) -> None:
    """A run that has failed before its agent says why is told once, with the reason."""
    out = io.StringIO()
    shown = display(out)
    shown.moved(snapshot(sweep(), [RunInfo("a", "a", "failed", {"lr": 1})]), 1.0)
    assert out.getvalue() == ""
    for elapsed_s in (1.5, 2.0):
        shown.moved(snapshot(sweep(), [failed("a", "ValueError: bad")]), elapsed_s)
    shown.close()

    assert out.getvalue().count("failed  a  lr=1  ValueError: bad (/p/objective.py:3)\n") == 1
    assert out.getvalue().count("\n") == 1


@pytest.mark.parametrize("later_s", [9.0, None], ids=["goes on", "ends"])
def test_a_failed_trial_without_a_reason_is_told(later_s: float | None) -> None:
    """A failed run that never gets a reason has its line in the end, at the latest."""
    out = io.StringIO()
    shown = PlainDisplay(out)
    current = snapshot(sweep(), [RunInfo("a", "a", "failed", {"lr": 1})])
    shown.moved(current, 1.0)
    shown.moved(current, later_s) if later_s else shown.close()

    assert out.getvalue() == "[1/1000] failed  a  lr=1\n"


def test_failures_are_grouped() -> None:
    """Failures of one kind and place are one line; where each of them is comes after them."""
    runs = [failed(f"a{n}", f"ValueError: {n} is bad") for n in range(7)]
    runs += [failed("b", "KeyError: 'x'", "/p/objective.py:9")]

    assert """
trials that did not finish
  7 trials failed: ValueError: 0 is bad (/p/objective.py:3)
  1 trial failed: KeyError: 'x' (/p/objective.py:9)
  each with its config and its output on the sweep's page
""" in printed(report_of(runs))


@pytest.mark.parametrize(
    ("more", "is_told"), [("", False), (" The agent `a0` ended: OOMKilled.", True)]
)
def test_a_reason_is_told_once(more: str, is_told: bool) -> None:
    """What the list of failed trials says is not said above it too; anything more is."""
    report = report_of([failed("a", "ValueError: bad.", where=""), failed("b", "KeyError: 'x'")])
    error = (
        "No trial of sweep `s1` finished. 1 trial failed: ValueError: bad. "
        f"1 trial failed: KeyError: 'x' (/p/objective.py:3).{more} Its trials: http://here/s1"
    )
    table = printed(replace(report, ending="failed", error=error))

    assert (f"reason: {error}\n" in table) is is_told
    assert table.count("1 trial failed: ValueError: bad.") == 1 + is_told


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        ("canceled", "0 of 6 trials finished, 1 killed, 5 not begun"),
        ("finished", "0 of 1 trials finished, 1 killed"),
    ],
)
def test_trials_that_never_began(ending: Ending, told: str) -> None:
    """A sweep that was ended counts those of its trials that did not begin."""
    report = replace(report_of([RunInfo("a", "a", "killed")]), ending=ending, total=6)
    assert f": {told}\n" in printed(report)


@pytest.mark.parametrize(("count", "told"), [(0, ""), (2, "m0, m1"), (5, "m0, m1, m2 and 2 more")])
def test_finished_trials_that_can_not_be_compared(count: int, told: str) -> None:
    """One whose metric is NaN finished, and is told beside the best."""
    runs = [RunInfo("a", "a", "finished", {"lr": 1}, {"validation_loss": 0.5})]
    runs += [
        RunInfo(f"m{n}", f"m{n}", "finished", {"lr": 2}, {"validation_loss": "NaN"})
        for n in range(count)
    ]

    line = f"finished without a finite `validation_loss`: {told}\n"

    assert (line in printed(report_of(runs))) == bool(count)


def test_why_there_is_no_best_trial() -> None:
    """When trials finished without the sweep's metric, the table and the JSON say what they log."""
    report = report_of([RunInfo("a", "a", "finished", {"lr": 1}, {"acc": 1.0, "_runtime": 3})])

    why = "no trial gave a finite `validation_loss`; they logged `acc`"
    assert f"\nno best trial: {why}\n" in printed(report)
    assert report.to_json()["warning"] == why
