"""Random search's draws against the formula of each distribution, at fixed seeds."""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from scipy import stats
from wandb_flyte.backend.search import Observation, strategy_for
from wandb_flyte.spec import parse_sweep

DRAWS = 2000
# A right generator falls below this once in a thousand; at a fixed seed it does so always or never.
DOUBT = 0.001


def spec(distribution: str, **settings: Any) -> dict[str, Any]:
    return {"distribution": distribution, **settings}


def draws(parameter: dict[str, Any], seed: int) -> list[Any]:
    config = parse_sweep({"method": "random", "parameters": {"x": parameter}, "seed": seed})
    strategy, history = strategy_for(config), []
    for index in range(DRAWS):
        args = strategy.suggest(history)
        history.append(Observation(f"run{index}", args or {}, "finished", None, index))
    return [observation.config["x"] for observation in history]


MEASURED = [
    (spec("uniform", min=-3, max=7), stats.uniform(-3, 10)),
    (spec("log_uniform", min=-3, max=1.5), stats.loguniform(math.exp(-3), math.exp(1.5))),
    (spec("log_uniform_values", min=1e-5, max=0.1), stats.loguniform(1e-5, 0.1)),
    (spec("inv_log_uniform", min=-3, max=1.5), stats.loguniform(math.exp(-1.5), math.exp(3))),
    (spec("inv_log_uniform_values", min=0.01, max=5), stats.loguniform(0.01, 5)),
    (spec("normal", mu=1, sigma=2), stats.norm(1, 2)),
    (spec("log_normal", mu=0.5, sigma=0.3), stats.lognorm(0.3, scale=math.exp(0.5))),
    (spec("beta", a=2, b=5), stats.beta(2, 5)),
]


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    ("parameter", "formula"), MEASURED, ids=[s["distribution"] for s, _ in MEASURED]
)
def test_measured_values_follow_the_formula(parameter, formula, seed):
    """By Kolmogorov and Smirnov, 2,000 draws could be the formula's."""
    assert stats.kstest(draws(parameter, seed), formula.cdf).pvalue > DOUBT


def rounded(formula: Any, q: float) -> Callable[[Any], float]:
    """The share of the draws that are rounded to a value."""
    return lambda value: formula.cdf(value + q / 2) - formula.cdf(value - q / 2)


COUNTED = [
    ({"values": ["a", "b", "c", "d"]}, lambda _: 0.25),
    ({"values": [1, 2, 3], "probabilities": [0.2, 0.5, 0.3]}, {1: 0.2, 2: 0.5, 3: 0.3}.get),
    ({"min": -2, "max": 9}, lambda _: 1 / 12),
    (spec("q_uniform", min=0, max=10, q=2), rounded(stats.uniform(0, 10), 2)),
    (spec("q_log_uniform", min=0, max=5, q=3), rounded(stats.loguniform(1, math.exp(5)), 3)),
    (spec("q_log_uniform_values", min=1, max=500, q=2), rounded(stats.loguniform(1, 500), 2)),
    (spec("q_normal", mu=10, sigma=5, q=2), rounded(stats.norm(10, 5), 2)),
    (
        spec("q_log_normal", mu=2, sigma=0.5, q=1),
        rounded(stats.lognorm(0.5, scale=math.exp(2)), 1),
    ),
    (spec("q_beta", a=2, b=5, q=0.25), rounded(stats.beta(2, 5), 0.25)),
]


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("parameter", "share"), COUNTED, ids=[str(s) for s, _ in COUNTED])
def test_counted_values_follow_the_formula(parameter, share, seed):
    """By the chi-square test each value comes as often as its probability says."""
    counts = Counter(draws(parameter, seed))
    common = [value for value in counts if share(value) * DRAWS >= 5]
    expected = [share(value) * DRAWS for value in common]
    seen = [counts[value] for value in common]
    if (rest := DRAWS - sum(expected)) > 1e-6:
        expected.append(rest)
        seen.append(DRAWS - sum(seen))

    assert stats.chisquare(seen, expected).pvalue > DOUBT
