"""Where a sweep stands, and what `run` was asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from wandb_flyte.cli._project import Project
from wandb_flyte.cli._run.grid import points_left
from wandb_flyte.cli._run.local import forget_old_logs
from wandb_flyte.cli._run.progress import snapshot
from wandb_flyte.cli._run.report import clock, config_line
from wandb_flyte.cli._run.request import Budget, RunRequest
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.backend.records import RunInfo, SweepInfo, SweepRef

PROJECT = Project(Path("/p"), "p")


def info(run_count: int = 0, expected: int | None = None, **config: Any) -> SweepInfo:
    """A sweep as a backend would tell it."""
    return SweepInfo(
        SweepRef("e", "p", "s1"), "id", "s1", "RUNNING", config, "", run_count, expected
    )


def runs() -> list[RunInfo]:
    """Runs in all states, the best of them not finished."""
    return [
        RunInfo("a", "a", "finished", {"lr": 1, "extra": 2}, {"loss": 0.5}),
        RunInfo("b", "b", "failed", {"lr": 2}, {"loss": 0.1}),
        RunInfo("c", "c", "running", {"lr": 3}, {"loss": 0.2}),
        RunInfo("d", "d", "finished", {"lr": 4}, {"loss": "NaN"}),
        RunInfo("e", "e", "finished", {"lr": 5}, {"loss": 0.3}),
    ]


def test_prior_runs_are_no_trials() -> None:
    """A run from before the sweep is left out; one of the same second is a trial of it."""
    sweep = replace(info(metric={"name": "loss"}), created_at="2026-01-31T12:00:00.900000Z")
    prior = RunInfo("p", "p", "finished", {}, {"loss": 0.0}, created_at="2026-01-31T11:59:59")
    trial = RunInfo("t", "t", "finished", {}, {"loss": 1.0}, created_at="2026-01-31T12:00:00")
    current = snapshot(sweep, [prior, trial])
    assert [one.run_id for one in current.trials] == ["t"]
    assert current.best == current.trials[0]


@pytest.mark.parametrize(("goal", "best"), [("minimize", "e"), ("maximize", "a")])
def test_best_is_the_best_finished(goal: str, best: str) -> None:
    """The best trial has finished, has a number for a metric, and follows the goal."""
    current = snapshot(info(metric={"name": "loss", "goal": goal}), runs())

    assert current.best is not None
    assert current.best.run_id == best


def test_counts() -> None:
    """Ended, running and failed trials are counted."""
    current = snapshot(info(run_cap=8, metric={"name": "loss"}), runs())

    assert (len(current.ended), current.running, current.failed) == (4, 1, 1)
    assert current.total == 8


def test_time_left_falls_while_a_trial_runs() -> None:
    """The pace is that of the trials that ended, so waiting for the next one takes time away."""
    current = snapshot(info(run_cap=8), runs())

    assert [current.time_left_s(40.0, since_s) for since_s in (0.0, 10.0, 99.0)] == [40, 30, 0]


def test_no_pace_without_a_trial_of_this_run() -> None:
    """Trials that a continued sweep had before say nothing about the time left."""
    current = snapshot(info(run_cap=8), runs(), known_before=4)

    assert current.time_left_s(10.0, 0.0) is None


def test_config_is_the_sweeps_own() -> None:
    """What the objective adds to its run's config is no hyperparameter."""
    current = snapshot(info(parameters={"lr": {"min": 0, "max": 1}}), runs())

    assert current.trials[0].config == {"lr": 1}


def test_failed_trials_have_their_reason() -> None:
    """Why a trial failed, and where, is what its run says."""
    reason = {"_wandb_flyte": {"error": "ValueError: bad", "where": "a.py:3"}}
    current = snapshot(info(), [RunInfo("a", "a", "failed", {}, reason)])

    assert (current.trials[0].error, current.trials[0].where) == ("ValueError: bad", "a.py:3")


def test_sweep_without_end() -> None:
    """A sweep without an end has no total and no time left."""
    current = snapshot(info(), runs())

    assert current.total is None
    assert current.time_left_s(10.0, 0.0) is None


@pytest.mark.parametrize("text", ["0", "-1", "x", "+", "1.5", "+0", "1e3", ""])
def test_bad_budget(text: str) -> None:
    """`--trials` takes a whole number from 1, with or without a plus."""
    with pytest.raises(UserError, match="is no number of trials"):
        Budget.parse(text)


def test_a_budget_without_bounds() -> None:
    """A number of trials that is too large is told as that, with the largest."""
    with pytest.raises(UserError) as caught:
        Budget.parse("1000000000000")

    told = "`1000000000000` is more trials than a sweep can have.\nAt most 999999999."
    assert str(caught.value) == told


def test_more_trials_need_a_sweep() -> None:
    """`--trials +N` without `--sweep` has nothing to add to."""
    with pytest.raises(UserError) as caught:
        RunRequest(PROJECT, budget=Budget.parse("+8"))

    assert str(caught.value) == (
        "`--trials +8` adds to a sweep, and none is named.\n"
        "Name it with `--sweep ID`, or start a new one with `--trials 8`."
    )


def test_more_trials_are_an_absolute_total() -> None:
    """`--trials +8` becomes what the sweep has plus eight."""
    request = RunRequest(PROJECT, budget=Budget.parse("+8"), agents=3, sweep="s1")

    assert request.inputs(info(run_count=4, run_cap=4)) == {
        "num_agents": 3,
        "sweep_id": "e/p/s1",
        "total_trials": 12,
    }


def test_nothing_given_leaves_the_tasks_defaults() -> None:
    """Inputs that the user did not name are not sent."""
    assert RunRequest(PROJECT).inputs(None) == {}


@pytest.mark.parametrize(
    ("budget", "sweep", "message"),
    [
        (
            None,
            info(run_count=4, run_cap=4),
            "The sweep `s1` has 4 trials already, and `4` were asked for.\n"
            "Say how many more with `--trials +8`.",
        ),
        (
            "3",
            info(run_count=4, run_cap=9),
            "The sweep `s1` has 4 trials already, and `3` were asked for.\n"
            "Say how many more with `--trials +8`.",
        ),
        (None, info(), "The sweep `s1` has no end.\nSay how many trials more: `--trials +8`."),
    ],
)
def test_nothing_left_to_run(budget: str | None, sweep: SweepInfo, message: str) -> None:
    """A sweep that has all its trials is not started again."""
    request = RunRequest(PROJECT, budget=Budget.parse(budget) if budget else None, sweep="s1")

    with pytest.raises(UserError) as caught:
        request.inputs(sweep)
    assert str(caught.value) == message


POINTS = [{"lr": lr, "n": {"k": k}} for lr in (1, 2, 3) for k in ("a", "b")]


def grid(run_count: int, **config: Any) -> SweepInfo:
    """A sweep over a grid of six points."""
    inner = {"parameters": {"k": {"values": ["a", "b"]}, "fixed": {"value": 7}}}
    parameters = {"lr": {"values": [1, 2, 3]}, "n": inner}
    return info(run_count, expected=6, method="grid", parameters=parameters, **config)


def taken(*points: dict[str, Any]) -> list[RunInfo]:
    """Runs of a grid's points."""
    return [
        RunInfo(str(n), "", "killed", point | {"n": {"fixed": 7, **point["n"]}})
        for n, point in enumerate(points)
    ]


@pytest.mark.parametrize("budget", [None, "9", "+3"])
def test_grid_without_points_left(budget: str | None) -> None:
    """A grid whose points have all been handed out has nothing to go on with."""
    request = RunRequest(PROJECT, budget=Budget.parse(budget) if budget else None, sweep="s1")

    with pytest.raises(UserError) as caught:
        request.inputs(grid(6), taken(*POINTS))
    assert str(caught.value) == (
        "The grid of the sweep `s1` has no points left: each was handed out.\n"
        "Widen the grid in sweep.yaml, and start a new sweep with `wandb-flyte run`."
    )


def test_no_more_trials_than_points() -> None:
    """More trials than a grid has points left are as many as there are points."""
    request = RunRequest(PROJECT, budget=Budget.parse("+8"), sweep="s1")

    assert request.inputs(grid(4, run_cap=4), taken(*POINTS[:4]))["total_trials"] == 6


def test_a_run_outside_of_the_grid_takes_no_point() -> None:
    """A run with values that the grid does not have, or a point's second run, leaves its points."""
    request = RunRequest(PROJECT, budget=Budget.parse("+8"), sweep="s1")
    others = [{"lr": 9, "n": {"k": "a"}}, POINTS[0]]

    assert request.inputs(grid(7), taken(*POINTS[:5], *others))["total_trials"] == 8


@pytest.mark.parametrize(
    ("parameter", "had", "left"),
    [
        ({"values": [1, True, "1", 1.0]}, [1, True], 1),
        ({"values": [1, True]}, [1.0, True, False], 0),
        ({"values": [None, {"a": 1}]}, [{"a": 1, "added": 2}], 1),
        ({"values": [{"a": 1}, {"a": 2}]}, [{"a": 2.0}, {"a": 3}], 1),
        ({"min": 1, "max": 20_000_000}, [1, 2.0, 20_000_000, 0, 20_000_001, 1.5, True], 19_999_997),
        ({"distribution": "q_uniform", "min": 0, "max": 1.0, "q": 0.1}, [0.30000000000000004], 9),
        ({"distribution": "q_uniform", "min": 0.5, "max": 9e6, "q": 2}, [2.5, 4, 1e300], 4_499_999),
        ({"min": 1, "max": 3}, [None, "1", [1], float("inf"), float("nan"), 10**400], 3),
    ],
)
def test_points_of_a_grid_that_are_left(parameter: Any, had: list[Any], left: int) -> None:
    """Values are equal as W&B's grid has them, and the size of a grid makes no difference."""
    config = {"method": "grid", "parameters": {"x": parameter}}

    assert points_left(config, [{"x": value} for value in had] + [{"y": 1}]) == left


@pytest.mark.parametrize(
    ("had", "cap", "total"), [(0, 9, 6), (4, 9, 6), (4, 5, 5), (6, None, 6), (0, None, 6)]
)
def test_a_grid_has_no_more_trials_than_points(had: int, cap: int | None, total: int) -> None:
    """A cap above the size of the grid is not what the trials are counted against."""
    config = {} if cap is None else {"run_cap": cap}

    assert snapshot(grid(had, **config), taken(*POINTS[:had])).total == total


@pytest.mark.parametrize(
    ("given", "sweep_id", "home"),
    [
        ("abc", "abc", None),
        ("me/proj/abc", "abc", ("me", "proj")),
        ("https://wandb.ai/me/proj/sweeps/abc", "abc", ("me", "proj")),
        ("http://127.0.0.1:1/local/proj/sweeps/abc/", "abc", ("local", "proj")),
        ("https://wandb.ai/me/proj/sweeps/abc?nw=nwuserme#top", "abc", ("me", "proj")),
        ("https://forge.coreweave.com/wandb/me/proj/sweeps/abc", "abc", ("me", "proj")),
    ],
)
def test_sweep_by_id_path_or_url(given: str, sweep_id: str, home: tuple[str, str] | None) -> None:
    """A sweep is named by its id, its path or its page."""
    request = RunRequest(PROJECT, sweep=given)

    assert (request.sweep_id, request.sweep_home) == (sweep_id, home)


def test_short_forms() -> None:
    """Times and configs are short enough for one line."""
    assert [clock(0), clock(61.4), clock(3661)] == ["0:00", "1:01", "1:01:01"]
    assert config_line({"lr": 0.1234567891, "o": {"name": "adam"}}) == "lr=0.123457 o.name=adam"


def test_old_logs_go(tmp_path: Path) -> None:
    """The logs of the newest runs are kept, and of a run that goes on whatever its age."""
    for name in ("1-running", "2-ended", "3-ended", "4-ended"):
        (tmp_path / name).mkdir()
        if name.endswith("ended"):
            (tmp_path / name / "result.json").write_text("{}")
    forget_old_logs(tmp_path, keep=2)

    left = sorted(folder.name for folder in tmp_path.iterdir())
    assert left == ["1-running", "3-ended", "4-ended"]
