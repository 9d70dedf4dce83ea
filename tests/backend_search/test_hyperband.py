"""Which trials hyperband gives up, as W&B's own engine decides."""

from typing import Any

from wandb_flyte.backend.search import Hyperband
from wandb_flyte.spec import parse_sweep

# The example in the docstring of the engine's `hyperband_stop_runs`.
RUNS = {"a": [10, 9], "b": [10, 10], "c": [10, 8, 8], "d": [10, 7, 7], "e": [10, 6, 6]}


def given_up(courses: dict[str, list[float]], goal: str = "minimize", **early: Any) -> list[str]:
    """The trials that it gives up when each has logged these values."""
    config = parse_sweep(
        {
            "method": "random",
            "metric": {"name": "loss", "goal": goal},
            "early_terminate": {"type": "hyperband"} | early,
            "parameters": {"a": {"min": 0, "max": 9}},
        }
    )
    assert config.early_terminate is not None
    hyperband = Hyperband(config.early_terminate, goal)
    for trial, values in courses.items():
        hyperband.log(trial, values)
    return [trial for trial in courses if hyperband.gives_up(trial)]


def test_the_example_of_w_and_b():
    """Those fall behind at the second band that the engine says; c, d and e go on."""
    assert given_up(RUNS, max_iter=5, eta=2, s=2) == ["a", "b"]


def test_maximize_turns_the_order_round():
    """The same courses with their signs changed."""
    courses = {trial: [-value for value in values] for trial, values in RUNS.items()}

    assert given_up(courses, "maximize", max_iter=5, eta=2, s=2) == ["a", "b"]


def test_strict_judges_at_the_band_and_otherwise_by_the_best_so_far():
    """A trial that was bad at the band and has caught up is given up only when strict."""
    courses = {"caught up": [5, 1], "good": [2, 2], "best": [1.5, 1]}

    assert given_up(courses, min_iter=1, eta=3) == ["caught up"]
    assert given_up(courses, min_iter=1, eta=3, strict=False) == []


def test_a_trial_alone_or_before_its_first_band_goes_on():
    """There is nothing to compare it with."""
    assert given_up({"alone": [9.0]}, min_iter=1) == []
    assert given_up({"early": [9.0], "good": [1.0, 1.0, 1.0]}, min_iter=2) == []
