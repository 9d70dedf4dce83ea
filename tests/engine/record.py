"""Asks W&B's own engine (`sweeps`) the cases; prints its answers as JSON.

It runs in an environment of the engine's own, which pins numpy below 2: see `__main__.py`.
"""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import numpy
import sweeps
from cases import DRAWS, QUANTILES, SPECS, grids, histories
from configs import configs
from sweeps.config import schema_violations_from_proposed_config
from sweeps.params import HyperParameter


def plain(value: Any) -> Any:
    """Python's own types instead of numpy's."""
    return value.item() if isinstance(value, numpy.generic) else value


def quantiles(spec: dict[str, Any]) -> list[Any]:
    """The engine's values at our quantiles."""
    parameter = HyperParameter("x", spec)
    return [plain(parameter.ppf(u)) for u in QUANTILES]


def draws(spec: dict[str, Any]) -> list[Any]:
    """What the engine draws at random, in four digits."""
    random.seed(1)
    parameter = HyperParameter("x", spec)
    drawn = [plain(parameter.sample()) for _ in range(DRAWS)]
    return [float(f"{value:.4g}") if isinstance(value, float) else value for value in drawn]


def grid(parameters: dict[str, Any]) -> list[Any]:
    """The points of a grid search, one after the other, until the engine has none left."""
    runs: list[sweeps.SweepRun] = []
    while True:
        suggested = sweeps.next_run({"method": "grid", "parameters": parameters}, runs)
        if suggested is None:
            return [{name: plain(v["value"]) for name, v in run.config.items()} for run in runs]
        runs.append(sweeps.SweepRun(config=suggested.config, state=sweeps.RunState.finished))


def stopped(config: dict[str, Any], runs: list[dict[str, Any]]) -> list[str | None]:
    """The runs that the engine's hyperband stops."""
    given = [sweeps.SweepRun(**run) for run in runs]
    return [run.name for run in sweeps.stop_runs(config, given)]


def refused() -> list[str]:
    """Which configs W&B's schema refuses: 50 a text, `1` for refused."""
    found = ""
    for config in configs():
        try:
            found += "1" if schema_violations_from_proposed_config(config) else "0"
        except (ValueError, TypeError, AttributeError):
            found += "1"  # It stops at them.
    return [found[start : start + 50] for start in range(0, len(found), 50)]


def main() -> None:
    """Print the answers, one case a line."""
    answers = {
        "quantiles": {name: quantiles(spec) for name, spec in SPECS.items()},
        "draws": {name: draws(spec) for name, spec in SPECS.items()},
        "grids": [grid(parameters) for parameters in grids()],
        "hyperband": [stopped(config, runs) for config, runs in histories()],
        "schema": refused(),
    }
    sections = []
    for section, cases in answers.items():
        if isinstance(cases, dict):
            lines = [f"  {json.dumps(name)}: {json.dumps(case)}" for name, case in cases.items()]
            sections.append(f'"{section}": {{\n' + ",\n".join(lines) + "\n}")
        else:
            lines = [f"  {json.dumps(case)}" for case in cases]
            sections.append(f'"{section}": [\n' + ",\n".join(lines) + "\n]")
    sys.stdout.write("{\n" + ",\n".join(sections) + "\n}\n")


if __name__ == "__main__":
    main()
