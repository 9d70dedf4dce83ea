"""What a sweep will take is told with a range that holds, from few trials or many."""

from __future__ import annotations

import math
from heapq import heapreplace
from random import Random
from statistics import median

import pytest
from wandb_flyte.backend.search.hyperband import Hyperband
from wandb_flyte.forecast import Durations, Interval, Shape, forecast
from wandb_flyte.spec import EarlyTerminate


def played(rng: Random, mean: float, spread: float, shape: Shape) -> float:
    """The wall time of one sweep whose durations are log-normal."""
    free_at = [0.0] * shape.agents
    for _ in range(shape.trials):
        heapreplace(free_at, free_at[0] + rng.lognormvariate(mean, spread))
    return max(free_at)


@pytest.mark.parametrize(
    "measured",
    [pytest.param(1, marks=pytest.mark.long), 3, pytest.param(10, marks=pytest.mark.long)],
)
def test_nine_of_ten_sweeps_are_within_the_range(measured: int) -> None:
    """Over 100 sweeps of unknown trials, the 90 % range of the wall time holds at least 85."""
    rng = Random(measured)
    inside = 0
    for _ in range(100):
        mean, spread = rng.uniform(0, 8), rng.uniform(0.2, 0.8)
        shape = Shape(trials=rng.randint(4, 60), agents=rng.randint(1, 4))
        seen = tuple(rng.lognormvariate(mean, spread) for _ in range(measured))
        told = forecast(shape, Durations(seen)).wall_s
        inside += told.low <= played(rng, mean, spread, shape) <= told.high
    assert inside >= 85


def test_more_measured_trials_tell_more() -> None:
    """The range gets narrower with every trial that was measured."""
    widths = []
    for count in (1, 4, 40):
        told = forecast(Shape(40, 4), Durations((10.0,) * count)).wall_s
        widths.append(told.high / told.low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 1.5


def test_what_was_said_of_a_trial_is_its_likely_time() -> None:
    """Of one trial of 15 minutes, 15 minutes is the middle, also for a sweep of one trial."""
    told = forecast(Shape(1, 1), Durations((900.0,)))
    assert told.trial_s.likely == pytest.approx(900, abs=0.5)
    assert told.wall_s.likely == pytest.approx(900, abs=0.5)


def test_agents_share_the_work() -> None:
    """With twice the agents a sweep takes half the time, and costs no more."""
    durations = Durations((60.0,) * 50)
    two, four = (forecast(Shape(400, agents), durations) for agents in (2, 4))
    assert two.wall_s.likely / four.wall_s.likely == pytest.approx(2, rel=0.05)
    assert two.agents_s.likely == pytest.approx(four.agents_s.likely, rel=0.02)


def test_no_trial_is_longer_than_its_limit() -> None:
    """A limit for each trial bounds what the sweep can take."""
    told = forecast(Shape(10, 1, limit_s=5.0), Durations((60.0,)))
    assert told.wall_s.high == pytest.approx(50)


def test_a_long_sweep_is_told_as_well() -> None:
    """A million trials are in proportion to ten thousand."""
    few, many = (forecast(Shape(n, 8), Durations((9.0, 11.0))) for n in (10_000, 1_000_000))
    assert many.wall_s.likely == pytest.approx(100 * few.wall_s.likely, rel=0.1)


def test_early_termination_saves() -> None:
    """Of trials judged at 3 and 9 of 27 values, a third goes on each time.

    The expected share is (3 + 6/3 + 18/9) / 27, for as many trials that the first few weigh little.
    """
    stopping = EarlyTerminate(min_iter=3, eta=3)
    told = forecast(Shape(2000, 4, stopping=stopping, steps=27), Durations((10.0,) * 5))
    assert told.saved is not None
    assert told.saved.likely == pytest.approx(1 - 7 / 27, abs=0.03)
    assert forecast(Shape(20, 4, stopping=stopping), Durations((10.0,))).saved is None


def spared_by_the_rule(rng: Random, shape: Shape, stopping: EarlyTerminate, steps: int) -> float:
    """The share that the search's own rule spares of a sweep of trials that differ by a value."""
    hyperband = Hyperband(stopping, "minimize")
    done = 0
    for trial in range(shape.trials):
        value = rng.random()
        for _ in range(steps):
            hyperband.log(str(trial), [value])
            done += 1
            if hyperband.gives_up(str(trial)):
                break
    return 1 - done / (shape.trials * steps)


@pytest.mark.parametrize("eta", [2, 3])
@pytest.mark.parametrize("trials", [8, 20, 50])
def test_early_termination_saves_what_the_search_does(eta: int, trials: int) -> None:
    """Few trials or many, the forecast is what hyperband itself comes to."""
    stopping = EarlyTerminate(min_iter=3, eta=eta)
    shape = Shape(trials, 1, stopping=stopping, steps=36)
    rng = Random(trials)
    played = [spared_by_the_rule(rng, shape, stopping, 36) for _ in range(300)]
    # Trials of the same length, so that the share of the trials' work is that of their steps.
    told = forecast(shape, Durations((10.0,) * 1000)).saved

    assert told is not None
    assert told.likely == pytest.approx(median(played), abs=0.05)


def test_the_same_seed_tells_the_same() -> None:
    """A forecast is repeatable."""
    assert forecast(Shape(20, 3), Durations((7.0,))) == forecast(Shape(20, 3), Durations((7.0,)))


def test_an_interval_is_quantiles() -> None:
    """Of 0 to 100 they are 5, 50 and 95."""
    assert Interval.of(range(101)) == Interval(5, 50, 95)
    assert math.isclose(Interval(1, 2, 3).times(2).high, 6)
