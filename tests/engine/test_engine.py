"""The same answers as W&B's own engine (`sweeps` 0.3.0), which `make engine` wrote down."""

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from scipy import stats
from wandb_flyte.backend.search import Hyperband, Observation, strategy_for
from wandb_flyte.spec import Distribution, grid_size, parse_sweep

from .cases import DRAWS, QUANTILES, SPECS, grids, histories

ENGINE = json.loads((Path(__file__).parent / "answers.json").read_text())
# What is counted, not measured: its values are compared by how often each comes.
COUNTED = [name for name in SPECS if name.startswith(("q_", "int_", "categorical"))]
MEASURED = [name for name in SPECS if name not in (*COUNTED, "constant")]


def distribution(spec: dict[str, Any]) -> Distribution:
    parsed = parse_sweep({"method": "random", "parameters": {"x": spec}})
    return parsed.parameters[0].distribution


def draws(name: str) -> list[Any]:
    """Our random search's first values of a parameter, at a fixed seed."""
    config = parse_sweep({"method": "random", "parameters": {"x": SPECS[name]}, "seed": 1})
    strategy, history = strategy_for(config), []
    for index in range(DRAWS):
        config = strategy.suggest(history)
        assert config is not None
        history.append(Observation(f"run{index}", config, "finished", None, index))
    return [observation.config["x"] for observation in history]


@pytest.mark.parametrize("name", SPECS)
def test_quantiles_are_those_of_w_and_b(name):
    """Value and type at 23 quantiles; an integer step gives integers."""
    ours = [distribution(SPECS[name]).quantile(u) for u in QUANTILES]
    theirs = ENGINE["quantiles"][name]

    assert [type(value) for value in ours] == [type(value) for value in theirs]
    if isinstance(theirs[0], float):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)
    else:
        assert ours == theirs


@pytest.mark.parametrize("name", MEASURED)
def test_draws_could_be_w_and_bs(name):
    """Kolmogorov and Smirnov can't tell our 300 draws from the engine's."""
    assert stats.ks_2samp(draws(name), ENGINE["draws"][name]).pvalue > 0.01


@pytest.mark.parametrize("name", COUNTED)
def test_counts_could_be_w_and_bs(name):
    """Each value comes about as often as in 300 of the engine's draws, by the chi-square test."""
    ours, theirs = (Counter(map(text, drawn)) for drawn in (draws(name), ENGINE["draws"][name]))
    common = [value for value in ours | theirs if ours[value] + theirs[value] >= 10]
    table = [
        [count[value] for value in common] + [DRAWS - sum(count[value] for value in common)]
        for count in (ours, theirs)
    ]
    columns = [column for column in zip(*table, strict=True) if sum(column)]

    assert stats.chi2_contingency(list(zip(*columns, strict=True))).pvalue > 0.01


def test_grids_are_gone_through_as_w_and_b_does():
    """Nested ones too: every point exactly once, in the engine's order, then none."""
    for parameters, theirs in zip(grids(), ENGINE["grids"], strict=True):
        config = parse_sweep({"method": "grid", "parameters": parameters})
        strategy, history = strategy_for(config), []
        while (args := strategy.suggest(history)) is not None:
            number = len(history)
            history.append(Observation(f"run{number}", args, "finished", None, number))

        ours = [observation.config for observation in history]
        assert exact(ours) == exact(theirs)
        assert len(ours) == grid_size(config) == len({str(exact(args)) for args in ours})


def test_hyperband_stops_the_runs_that_w_and_b_stops():
    """Those and no others in 200 sweeps, whatever their runs logged."""
    for (config, runs), theirs in zip(histories(), ENGINE["hyperband"], strict=True):
        parsed = parse_sweep(config)
        assert parsed.early_terminate and parsed.metric
        hyperband = Hyperband(parsed.early_terminate, parsed.metric.goal)
        for run in runs:
            hyperband.log(run["name"], finite(run["history"]))
        running = [run["name"] for run in runs if run["state"] == "running"]

        assert [name for name in running if hyperband.gives_up(name)] == theirs


def text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def exact(value: Any) -> Any:
    """The value in a form in which 1, 1.0 and True differ; floats to 12 digits."""
    if isinstance(value, dict):
        return {name: exact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    return f"{value:.12g} float" if isinstance(value, float) else repr(value)


def finite(rows: list[dict[str, Any]]) -> list[float]:
    values = [row.get("loss") for row in rows]
    return [value for value in values if type(value) in (int, float) and math.isfinite(value)]
