"""How much closer Bayesian search comes to the minimum than random search, in 50 trials.

For each problem both methods search with the same 20 seeds. Simple regret is how far the best of
a search's trials is above the minimum. Bayesian search has to halve random search's median regret
on 4 of the 5 problems, with a paired Wilcoxon test that leaves no doubt.
"""

from __future__ import annotations

import sys
from statistics import median

from problems import PROBLEMS, Problem
from scipy.stats import wilcoxon
from wandb_flyte.backend.search import Observation, strategy_for
from wandb_flyte.spec import parse_sweep

TRIALS = 50
SEEDS = 20
RATIO_LIMIT = 0.5
P_LIMIT = 0.01
NEEDED = 4


def regret(problem: Problem, method: str, seed: int) -> float:
    """How far above the minimum the best of a search's trials is."""
    metric = {"name": "loss", "goal": "minimize"}
    strategy = strategy_for(
        parse_sweep(
            {"method": method, "metric": metric, "parameters": problem.parameters, "seed": seed}
        )
    )
    history: list[Observation] = []
    for index in range(TRIALS):
        args = strategy.suggest(history) or {}
        loss = problem.loss(args)
        history.append(Observation(f"run{index}", args, "finished", loss, index))
    return min(o.metric for o in history if o.metric is not None) - problem.minimum


def compare(problem: Problem) -> bool:
    """Print one problem's figures; whether Bayesian search is as much better as it has to be."""
    bayes, random = (
        [regret(problem, method, seed) for seed in range(SEEDS)] for method in ("bayes", "random")
    )
    ratio = median(bayes) / median(random)
    p = float(wilcoxon(bayes, random, alternative="less").pvalue)
    good = ratio <= RATIO_LIMIT and p < P_LIMIT
    print(
        f"{problem.name:22} bayes {median(bayes):10.4g}  random {median(random):10.4g}"
        f"  ratio {ratio:.2f}  p {p:.1e}  {'ok' if good else 'missed'}",
        flush=True,
    )
    return good


def main() -> int:
    """Print the figures; 1 when too few problems are halved."""
    good = sum([compare(problem) for problem in PROBLEMS])
    print(f"halved on {good} of {len(PROBLEMS)} (at least {NEEDED})")
    return int(good < NEEDED)


if __name__ == "__main__":
    sys.exit(main())
