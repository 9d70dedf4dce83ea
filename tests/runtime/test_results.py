from __future__ import annotations

import asyncio
from typing import Any

import flyte
import pytest
from flyte.types import TypeEngine
from wandb_flyte.runtime.results import AgentResult, SweepResult, TrialResult, metric_value

CONFIG = {
    "lr": 1e-5,
    "whole": 3.0,
    "epochs": 3,
    "none": None,
    "flag": True,
    "list": [1, 2.5, None, "a"],
    "net": {"depth": 2, "layers": [{"units": 4}], "big": 2**53},
    "empty": {},
}
TRIAL = TrialResult("r1", "finished", CONFIG, "a name", 0.5, 1.25, agent="a1")
LOST = TrialResult("r2", "failed", error="ValueError: no", where="train.py:3")
AGENT = AgentResult("a1", [TRIAL, LOST])
SWEEP = SweepResult("s", "http://s", "loss", "minimize", [TRIAL, LOST], TRIAL)

env = flyte.TaskEnvironment(name="results")


@env.task
async def an_agent() -> AgentResult:
    return AGENT


@env.task
async def a_sweep() -> SweepResult:
    agent = await an_agent()
    return SweepResult("s", "http://s", "loss", "minimize", agent.trials, agent.trials[0])


def shape(value: Any) -> Any:
    """The value with the type of each part, as 3 == 3.0 == True."""
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [shape(entry) for entry in value]
    return type(value), value


def test_results_survive_flytes_protocol():
    """A result that goes through Flyte's serialised form is equal, ints still ints."""

    async def there_and_back(value: Any) -> Any:
        kind = TypeEngine.to_literal_type(type(value))
        literal = await TypeEngine.to_literal(value, type(value), kind)
        received = type(literal).FromString(literal.SerializeToString())
        return await TypeEngine.to_python_value(received, type(value))

    for value in (AGENT, SWEEP):
        assert asyncio.run(there_and_back(value)) == value
    back = asyncio.run(there_and_back(AGENT))
    assert shape(back.trials[0].config) == shape(CONFIG)


def test_tasks_return_results(empty_home, monkeypatch):
    """A task gets its sub-task's result, and its own comes back from a local run."""
    monkeypatch.setenv("FLYTE_DISABLE_TELEMETRY", "1")
    outputs = flyte.with_runcontext(mode="local").run(a_sweep).outputs()
    assert outputs[0] == SWEEP
    assert shape(outputs[0].trials[0].config) == shape(CONFIG)


def test_counts_and_failures_come_from_the_trials():
    """How many trials ended how, and which did not finish well."""
    assert SWEEP.counts == {"finished": 1, "failed": 1}
    assert SWEEP.failures == [LOST]


def test_a_trial_that_was_stopped_early_did_not_fail():
    """Early termination stops trials on purpose; a trial that was killed otherwise failed."""
    early = TrialResult("r3", "killed", stopped_early=True)
    killed = TrialResult("r4", "killed", error="stopped")
    assert SweepResult("s", "http://s", trials=[TRIAL, early, killed]).failures == [killed]


def test_a_metrics_value_is_read_in_each_form_that_wandb_writes():
    """Plain, nested, and as define_metric leaves it; what is no finite number is none."""
    assert metric_value({"loss": 3}, "loss", "minimize") == 3.0
    assert metric_value({"val": {"loss": 0.5}}, "val.loss", "minimize") == 0.5
    assert metric_value({"val.loss": 0.5}, "val.loss", "minimize") == 0.5
    assert metric_value({"loss": {"min": 0.25}}, "loss", "minimize") == 0.25
    for value in (None, float("nan"), "NaN", float("inf"), 10**400, True, "text", {}):
        assert metric_value({"loss": value}, "loss", "minimize") is None
    assert metric_value({}, "loss", "minimize") is None


@pytest.mark.parametrize(
    ("left", "goal", "value"),
    [
        ({"min": 0.0, "max": 0.2}, "maximize", 0.2),
        ({"min": 0.0, "max": 0.2}, "minimize", 0.0),
        ({"max": 0.2, "last": 0.1}, "minimize", 0.1),
        ({"best": 0.15, "last": 0.1}, "maximize", 0.15),
        ({"mean": 0.1}, "maximize", 0.1),
        ({"min": 0.0}, "maximize", 0.0),
        ({"first": 0.0, "mean": 0.1}, "maximize", None),
    ],
)
def test_of_a_metrics_summaries_the_goals_own_counts(
    left: dict[str, float], goal: str, value: float | None
) -> None:
    """Where define_metric leaves several values it is the best one by the goal, not any."""
    assert metric_value({"acc": left}, "acc", goal) == value
