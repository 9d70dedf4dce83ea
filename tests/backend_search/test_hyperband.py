"""Which trials hyperband stops, as W&B's own engine decides."""

from typing import Any

import pytest
from wandb_flyte.backend.search import Course, to_stop
from wandb_flyte.spec import SweepConfig, parse_sweep


def sweep(goal: str = "minimize", **early: Any) -> SweepConfig:
    return parse_sweep(
        {
            "method": "random",
            "metric": {"name": "loss", "goal": goal},
            "early_terminate": {"type": "hyperband"} | early,
            "parameters": {"a": {"min": 0, "max": 9}},
        }
    )


# The example in the docstring of the engine's `hyperband_stop_runs`.
RUNS = [
    Course("a", "finished", [10, 9]),
    Course("b", "running", [10, 10]),
    Course("c", "running", [10, 8, 8]),
    Course("d", "running", [10, 7, 7]),
    Course("e", "finished", [10, 6, 6]),
]


def test_the_example_of_w_and_b():
    """Of the running trials, b falls behind at the second band; c and d go on."""
    assert to_stop(sweep(max_iter=5, eta=2, s=2), RUNS) == ["b"]


def test_maximize_turns_the_order_round():
    """The same courses with their signs changed."""
    runs = [Course(run.run_id, run.state, [-value for value in run.values]) for run in RUNS]

    assert to_stop(sweep("maximize", max_iter=5, eta=2, s=2), runs) == ["b"]


def test_strict_judges_at_the_band_and_otherwise_by_the_best_so_far():
    """A trial that was bad at the band and has caught up is stopped only when strict."""
    runs = [Course("caught up", "running", [5, 1]), Course("good", "finished", [2, 2])]
    runs += [Course("best", "finished", [1.5, 1])]

    assert to_stop(sweep(min_iter=1, eta=3), runs) == ["caught up"]
    assert to_stop(sweep(min_iter=1, eta=3, strict=False), runs) == []


@pytest.mark.parametrize("state", ["finished", "failed", "killed", "pending"])
def test_only_running_trials_are_stopped(state):
    """What has ended stays as it is."""
    runs = [Course("bad", state, [9.0]), Course("good", "finished", [1.0])]

    assert to_stop(sweep(min_iter=1), runs) == []


def test_a_trial_alone_or_before_its_first_band_goes_on():
    """There is nothing to compare it with."""
    assert to_stop(sweep(min_iter=1), [Course("alone", "running", [9.0])]) == []
    runs = [Course("early", "running", [9.0]), Course("good", "finished", [1.0, 1.0, 1.0])]
    assert to_stop(sweep(min_iter=2), runs) == []


def test_without_early_terminate_nothing_is_stopped():
    """A sweep config that does not ask for it keeps every trial."""
    config = parse_sweep({"method": "grid", "parameters": {"a": {"value": 1}}})

    assert to_stop(config, RUNS) == []
