"""The contract of every search strategy, and what each one promises beyond it."""

import json
import math
from dataclasses import replace
from statistics import median
from typing import Any

import pytest
from wandb_flyte.backend.search import Observation, strategy_for
from wandb_flyte.spec import SweepConfig, parse_sweep

EVERYTHING = {
    "constant": {"value": {"a": [1, None]}},
    "nested": {"parameters": {"x": {"values": ["a", {"k": 1}, None]}, "y": {"value": True}}},
    "whole": {"min": 1, "max": 4},
    "steps": {"distribution": "q_uniform", "min": 0, "max": 6, "q": 2},
}
CONTINUOUS = {
    "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1.0},
    "drop": {"min": 0.0, "max": 0.5},
    "units": {"distribution": "q_log_uniform_values", "min": 1, "max": 100, "q": 1},
    "choice": {"values": ["a", "b"], "probabilities": [0.9, 0.1]},
    "normal": {"distribution": "q_normal", "mu": 5, "sigma": 2, "q": 0.5},
}


def sweep(method: str, parameters: dict[str, Any], **more: Any) -> SweepConfig:
    metric = {"name": "loss", "goal": "minimize"}
    return parse_sweep({"method": method, "parameters": parameters, "metric": metric} | more)


def observed(index: int, config: dict[str, Any], metric: float | None = 0.5, **more: Any):
    state = more.pop("state", "finished")
    return Observation(f"run{index}", config, state, metric, index)


def search(config: SweepConfig, trials: int, loss=lambda _: 0.5) -> list[Observation]:
    """The history of so many trials, one after the other."""
    strategy, history = strategy_for(config), []
    for index in range(trials):
        args = strategy.suggest(history)
        if args is None:
            break
        history.append(observed(index, args, loss(args)))
    return history


METHODS = ["grid", "random", "bayes"]


@pytest.mark.parametrize("method", METHODS)
def test_suggestions_are_what_json_carries(method):
    """Python's own types, nested as in the config, every parameter there, after training too."""
    parameters = EVERYTHING if method == "grid" else EVERYTHING | CONTINUOUS
    config = sweep(method, parameters)

    for observation in search(config, 16):
        args = observation.config
        assert json.loads(json.dumps(args, allow_nan=False)) == args
        assert tuple(args) == config.names
        assert args["constant"] == {"a": [1, None]}
        assert args["nested"]["x"] in ("a", {"k": 1}, None)
        assert args["nested"]["y"] is True
        assert args["whole"] in (1, 2, 3, 4)
        assert type(args["steps"]) is int


@pytest.mark.parametrize("method", METHODS)
def test_a_suggestion_follows_from_seed_and_history(method):
    """With `seed`, another process with the same history suggests the same."""
    config = sweep(method, EVERYTHING if method == "grid" else EVERYTHING | CONTINUOUS, seed=3)
    history = search(config, 14, lambda args: args["whole"])

    assert [o.config for o in search(config, 14, lambda args: args["whole"])] == [
        o.config for o in history
    ]
    # A server that starts anew sees the history at once, not one trial after the other.
    grown = strategy_for(config)
    for end in range(14):
        grown.suggest(history[:end])
    assert grown.suggest(history) == strategy_for(config).suggest(history)
    assert grown.suggest(history) == grown.suggest(history)


@pytest.mark.parametrize("method", ["random", "bayes"])
def test_without_a_seed_searches_differ(method):
    """Two sweeps of the same config don't try the same points."""
    config = sweep(method, CONTINUOUS)

    assert strategy_for(config).suggest([]) != strategy_for(config).suggest([])


@pytest.mark.parametrize("method", ["random", "bayes"])
def test_neighbouring_seeds_and_numbers_share_nothing(method):
    """Each draw is its own: no value comes twice."""
    values = [
        observation.config["lr"]
        for seed in range(5)
        for observation in search(sweep(method, CONTINUOUS, seed=seed), 8)
    ]

    assert len(set(values)) == len(values)


@pytest.mark.parametrize("method", METHODS)
def test_constants_alone(method):
    """A search over nothing still runs: a grid once, others as often as asked."""
    history = search(sweep(method, {"a": {"value": 1}}), 12)

    assert [o.config for o in history] == [{"a": 1}] * (1 if method == "grid" else 12)


@pytest.mark.parametrize("method", METHODS)
def test_runs_with_a_config_of_their_own_do_no_harm(method):
    """Runs attached from elsewhere may lack parameters or hold other values."""
    config = sweep(method, EVERYTHING)
    foreign = [
        observed(0, {}),
        observed(1, {"nested": 3, "whole": "x", "steps": math.inf, "constant": None}),
        observed(2, {"nested": {"x": "a", "y": True}, "whole": 99, "steps": 2, "constant": 1}),
    ]

    assert strategy_for(config).suggest(foreign) is not None


# -- grid ----------------------------------------------------------------------------------------


def test_a_grid_goes_by_name_the_last_one_fastest():
    """W&B's order, whatever the order of the file; nested names are ordered in their place."""
    parameters = {
        "b": {"parameters": {"z": {"values": [1, 2]}, "y": {"values": ["u", "v"]}}},
        "a": {"min": 1, "max": 2},
    }

    history = search(sweep("grid", parameters), 99)

    tried = [(o.config["a"], o.config["b"]["y"], o.config["b"]["z"]) for o in history]
    assert tried == [(a, y, z) for a in (1, 2) for y in "uv" for z in (1, 2)]


@pytest.mark.parametrize("state", ["pending", "running", "finished", "failed", "crashed", "killed"])
def test_a_combination_is_used_up_by_any_run(state):
    """In whatever state, in whatever order, and 1.0 counts as 1."""
    strategy = strategy_for(sweep("grid", {"a": {"values": [1, 2, 3]}}))

    assert strategy.suggest([observed(0, {"a": 1.0, "more": 5}, state=state)]) == {"a": 2}
    assert strategy.suggest([observed(0, {"a": 2}), observed(1, {"a": 1})]) == {"a": 3}


def test_true_is_not_one():
    """Values that Python takes for equal but W&B does not are both tried."""
    tried = [o.config["a"] for o in search(sweep("grid", {"a": {"values": [1, True, "1"]}}), 9)]

    assert [json.dumps(value) for value in tried] == ["1", "true", '"1"']


def test_keys_that_a_run_adds_to_a_mapping_do_not_count():
    """A run may add to a mapping it was given; its combination is used up all the same."""
    strategy = strategy_for(sweep("grid", {"a": {"values": [{"k": 1}, {"k": 2}]}}))

    assert strategy.suggest([observed(0, {"a": {"k": 1, "added": 3}})]) == {"a": {"k": 2}}


def test_a_deleted_run_frees_its_combination():
    """What no run holds any more is suggested again."""
    strategy = strategy_for(sweep("grid", {"a": {"values": [1, 2]}}))
    history = [observed(0, {"a": 1}), observed(1, {"a": 2})]

    assert strategy.suggest(history) is None
    assert strategy.suggest(history[1:]) == {"a": 1}


def test_a_run_that_changed_its_config_frees_the_old_combination():
    """The combination that counts is the one the run holds now."""
    strategy = strategy_for(sweep("grid", {"a": {"values": [1, 2, 3]}}))

    assert strategy.suggest([observed(0, {"a": 1})]) == {"a": 2}
    assert strategy.suggest([observed(0, {"a": 3})]) == {"a": 1}


def test_a_huge_grid_starts_at_once():
    """10^18 combinations are never listed."""
    limits = {name: {"min": 1, "max": 10**6} for name in "abc"}

    history = search(sweep("grid", limits), 3)

    assert [o.config["c"] for o in history] == [1, 2, 3]


# -- bayes ---------------------------------------------------------------------------------------


def distance(args: dict[str, Any]) -> float:
    return abs(math.log10(args["lr"]) + 3) + args["drop"]


def test_bayes_finds_more_than_random_search():
    """Over five seeds, the median of the best after 40 trials is less than half as far away."""
    parameters = {"lr": CONTINUOUS["lr"], "drop": CONTINUOUS["drop"]}

    def best(method: str) -> float:
        searches = [search(sweep(method, parameters, seed=seed), 40, distance) for seed in range(5)]
        return median(min(o.metric for o in history) for history in searches)

    assert best("bayes") < best("random") / 2


def thousands(config: SweepConfig, trials: int, loss) -> list[Observation]:
    """A history of many trials at even places of the parameter x."""
    places = [(place * 0.618033988749895) % 1 for place in range(trials)]
    return [observed(number, {"x": x}, loss(x)) for number, x in enumerate(places)]


@pytest.mark.long
@pytest.mark.parametrize(("goal", "sign"), [("minimize", 1), ("maximize", -1)])
def test_bayes_remembers_the_best_of_thousands(goal, sign):
    """However many trials there are, the few that were good draw the next one to them."""
    metric = {"name": "loss", "goal": goal}
    config = sweep("bayes", {"x": {"min": 0.0, "max": 1.0}}, metric=metric, seed=3)
    history = thousands(config, 5000, lambda x: sign * (0.0 if abs(x - 0.3) < 0.003 else 1 + x))
    asked = [strategy_for(config).suggest(history[n:])["x"] for n in range(5)]
    assert sum(abs(x - 0.3) < 0.1 for x in asked) >= 4


def test_bayes_knows_thousands_again_after_a_restart():
    """A strategy that saw the trials come and one that reads them at once ask for the same."""
    config = sweep("bayes", {"x": {"min": 0.0, "max": 1.0}}, seed=4)
    history = thousands(config, 2600, lambda x: abs(x - 0.7))
    old = strategy_for(config)
    for end in (1500, 2300, 2599):
        old.suggest(history[:end])
    assert old.suggest(history) == strategy_for(config).suggest(history)


def test_bayes_maximizes_when_told():
    """The goal turns the search round."""
    goal = {"name": "loss", "goal": "maximize"}
    config = sweep("bayes", {"x": {"min": 0.0, "max": 1.0}}, metric=goal, seed=0)
    history = search(config, 40, lambda args: args["x"])

    assert median(o.config["x"] for o in history[-20:]) > 0.8


@pytest.mark.parametrize(
    ("state", "metric"),
    [("failed", None), ("failed", -100.0), ("crashed", -1.0), ("finished", None),
     ("finished", math.nan), ("finished", -math.inf)],
)  # fmt: skip
def test_a_trial_that_failed_is_never_good(state, metric):
    """Trials above 0.5 fail, whatever they logged before: the search moves below."""
    config = sweep("bayes", {"x": {"min": 0.0, "max": 1.0}}, seed=1)
    strategy, history = strategy_for(config), []
    for index in range(60):
        args = strategy.suggest(history)
        good = args["x"] < 0.5
        made = observed(index, args, args["x"] if good else metric, state="finished")
        history.append(made if good else replace(made, state=state))

    # TPE tries the unlikely now and then.
    assert sum(o.config["x"] < 0.5 for o in history[-20:]) >= 16


def test_failures_alone_teach_nothing():
    """As long as nothing was measured, points are drawn over the whole range."""
    config = sweep("bayes", {"x": {"min": 0.0, "max": 1.0}}, seed=1)
    strategy, history = strategy_for(config), []
    for index in range(60):
        history.append(observed(index, strategy.suggest(history), None, state="failed"))

    tried = sorted(o.config["x"] for o in history)
    assert tried[5] < 0.25
    assert tried[-5] > 0.75


def test_running_trials_are_not_asked_again():
    """Twenty agents that ask before any has ended get twenty different points."""
    config = sweep("bayes", {"lr": CONTINUOUS["lr"], "drop": CONTINUOUS["drop"]}, seed=2)
    strategy, history = strategy_for(config), search(config, 20, distance)
    for index in range(20, 40):
        history.append(observed(index, strategy.suggest(history), None, state="running"))

    open_points = {tuple(o.config.values()) for o in history[20:]}
    assert len(open_points) == 20


def test_a_trial_that_goes_on_after_its_end_is_learnt_anew():
    """A restarted trial counts with its last end; a deleted one counts no more."""
    config = sweep("bayes", {"x": {"min": 0.0, "max": 1.0}}, seed=5)
    history = search(config, 15, lambda args: args["x"])
    strategy = strategy_for(config)
    strategy.suggest(history)

    again = [replace(o, state="running", metric=None) if o.index == 3 else o for o in history]
    assert strategy.suggest(again) == strategy_for(config).suggest(again)
    better = [replace(o, metric=-9.0) if o.index == 3 else o for o in history]
    assert strategy.suggest(better) == strategy_for(config).suggest(better)
    fewer = history[4:]
    assert strategy.suggest(fewer) == strategy_for(config).suggest(fewer)


@pytest.mark.parametrize(
    ("impute", "state", "logged", "good"),
    [
        ("worst", "failed", {"metric": -1.0, "latest": -0.9}, False),
        ("best", "failed", {"metric": -1.0, "latest": 9.0}, True),
        ("latest", "crashed", {"metric": -1.0, "latest": 9.0}, False),
        ("latest", "crashed", {"metric": -1.0, "latest": -0.9}, True),
        ("best", "failed", {"metric": None}, False),
        ("worst", "killed", {"metric": -1.0, "latest": 9.0}, True),
        ("latest", "killed", {"metric": -1.0, "latest": 9.0}, False),
    ],
)
def test_impute_says_what_a_failed_trial_counts_as(impute, state, logged, good):
    """The search goes where trials failed only when what they logged counts."""
    assert goes_there({"impute": impute}, state=state, **logged) is good


@pytest.mark.parametrize(
    ("impute", "metric", "good"),
    [
        (None, -1.0, False),
        (False, -1.0, False),
        ("false", -1.0, False),
        ("latest", -1.0, True),
        ("worst", -1.0, True),
        ("worst", None, False),
        ("best", None, False),
    ],
)
def test_impute_while_running_lets_running_trials_count(impute, metric, good):
    """By their best value so far, once they have one."""
    running = {"state": "running", "metric": metric}

    assert goes_there({"impute_while_running": impute}, **running) is good


def goes_there(settings: dict[str, Any], **standing: Any) -> bool:
    """Whether most suggestions are near x = 0.95, where five trials stand so, not near 0.2."""
    history = [observed(n, {"x": n / 20}, abs(n / 20 - 0.2)) for n in range(15)]
    history += [replace(observed(n, {"x": 0.86 + n / 200}), **standing) for n in range(15, 20)]
    named = {"name": "loss", "goal": "minimize"} | settings
    near = 0
    for seed in range(7):
        config = sweep("bayes", {"x": {"min": 0.0, "max": 1.0}}, metric=named, seed=seed)
        suggested = strategy_for(config).suggest(history)
        assert suggested is not None
        near += suggested["x"] > 0.7
    return near > 3
