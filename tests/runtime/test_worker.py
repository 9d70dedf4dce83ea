"""One worker process, many trials: each reaches its own run."""

from __future__ import annotations

from pathlib import Path

import pytest
import wandb
from wandb_flyte.runtime.backend.records import SweepRef


def runs_of(ref: SweepRef) -> list[wandb.apis.public.Run]:
    return list(wandb.Api().sweep(ref.path).runs)


def test_four_trials_in_one_process_have_four_runs_and_configs(new_sweep, agent_on):
    """An undecorated objective that calls a bare wandb.init() gets each trial's own run."""
    ref = new_sweep(0.1, 0.2, 0.3, 0.4)
    result = agent_on("bare", ref)
    runs = runs_of(ref)
    assert len({run.id for run in runs}) == 4
    assert sorted(run.config["lr"] for run in runs) == [0.1, 0.2, 0.3, 0.4]
    assert {run.state for run in runs} == {"finished"}
    assert len({run.summary["pid"] for run in runs}) == 1
    assert {run.summary["loss"] for run in runs} == {0.1, 0.2, 0.3, 0.4}
    assert [trial.run_id for trial in result.trials] == [
        run.id for run in sorted(runs, key=lambda run: run.config["lr"])
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("closes_output", "loses_output", "changes_folder"),
        *("leaves_a_fork", "leaves_a_fork_decorated"),
    ],
)
def test_what_an_objective_does_to_its_process_is_undone(
    new_sweep, agent_on, tmp_path, monkeypatch, name
):
    """A trial finishes whatever it did to its surroundings, and the next finds them in order."""
    (tmp_path / "here").write_text("here")
    monkeypatch.chdir(tmp_path)
    ref = new_sweep(0.1, 0.2)
    trials = agent_on(name, ref).trials
    assert [(trial.state, trial.metric) for trial in trials] == [
        ("finished", 0.1),
        ("finished", 0.2),
    ]
    assert {run.state for run in runs_of(ref)} == {"finished"}


def test_processes_of_a_pool_end_without_a_word(new_sweep, agent_on, capfd):
    """What an objective forks takes SIGTERM as any process does."""
    (trial,) = agent_on("has_a_pool", new_sweep(0.5)).trials
    assert (trial.state, trial.metric) == ("finished", 0.5)
    assert "TrialStopped" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("name", "parameters", "loss"),
    [
        ("by_nested_dataclass", {"lr": {"value": 0.5}}, 1),
        ("by_one_mapping", {}, 2),
    ],
)
def test_nested_values_come_as_their_parameter_says(new_sweep, agent_on, name, parameters, loss):
    """A nested value is its own argument: as a mapping, or as the dataclass of its annotation."""
    nested = {"net": {"parameters": {"depth": {"value": 2}}}}
    (trial,) = agent_on(name, new_sweep(parameters=parameters | nested)).trials
    assert (trial.state, trial.metric) == ("finished", loss)


@pytest.mark.parametrize("name", ["by_underscored_dataclass", "by_underscored_name"])
def test_a_name_may_begin_with_an_underscore(new_sweep, agent_on, name):
    """It reaches the objective in whatever form it takes its values."""
    ref = new_sweep(parameters={"lr": {"value": 2}, "_u": {"value": 3}})
    (trial,) = agent_on(name, ref).trials
    assert (trial.metric, trial.error) == (6, "")


def test_a_parameter_that_is_an_enum_gets_its_member(new_sweep, agent_on):
    """By its value or by its name; one that has none fails its trial and says which there are."""
    trials = agent_on(
        "by_enum",
        new_sweep(parameters={"lr": {"value": 1}, "opt": {"values": ["adam", "SGD", "lion"]}}),
    ).trials
    assert [(trial.metric, trial.error) for trial in trials] == [
        (2, ""),
        (1, ""),
        (
            None,
            "UserError: `opt` is `lion`, which is no `Optimizer`. Its values are `sgd`, `adam`.",
        ),
    ]


def test_a_failure_without_standard_error_is_told(new_sweep, agent_on):
    """Why a trial failed does not depend on where it can be printed."""
    trials = agent_on("fails_without_output", new_sweep(1, 2)).trials
    assert [trial.error for trial in trials] == ["ValueError: bad rate 1", "ValueError: bad rate 2"]


def test_hyperparameters_are_plain_python_values(new_sweep, agent_on):
    """Numbers stay int or float, also those that YAML would read as text; nested ones too."""
    parameters = {
        "lr": {"value": 1e-5},
        "n": {"value": 3},
        "flag": {"value": True},
        "none": {"value": None},
        "text": {"value": "1e-5"},
        "net": {"parameters": {"depth": {"value": 2}}},
    }
    ref = new_sweep(parameters=parameters)
    (trial,) = agent_on("bare", ref).trials
    (seen,) = runs_of(ref)
    assert dict(seen.summary["types"]) == {
        "lr": "float",
        "n": "int",
        "flag": "bool",
        "none": "NoneType",
        "text": "str",
        "net": "dict",
    }
    assert seen.config == trial.config
    assert trial.config == {
        "lr": 1e-5,
        "n": 3,
        "flag": True,
        "none": None,
        "text": "1e-5",
        "net": {"depth": 2},
    }


def test_arguments_of_wandb_init_work_as_under_wandbs_agent(new_sweep, agent_on):
    """Sweep values win over config defaults, name= is kept, project= is the sweep's."""
    ref = new_sweep(0.1, 0.2)
    agent_on("with_init_arguments", ref)
    runs = runs_of(ref)
    assert [run.config for run in runs] == [{"lr": 0.1, "epochs": 3}, {"lr": 0.2, "epochs": 3}]
    assert {(run.name, run.project) for run in runs} == {("mine", "proj")}


def test_a_program_that_the_objective_starts_reaches_the_trials_run(new_sweep, agent_on):
    """A child process finds run id and values in its environment; the trial counts as its own."""
    ref = new_sweep(0.1, 0.2)
    result = agent_on("child_process", ref)
    assert [trial.metric for trial in result.trials] == [0.1, 0.2]
    assert [run.summary["loss"] for run in runs_of(ref)] == [0.1, 0.2]


@pytest.mark.parametrize(
    ("name", "losses"),
    [
        ("by_name", [0.9, 1.8]),
        ("by_config", [1, 2]),
        pytest.param("by_mapping", [1, 2], marks=pytest.mark.long),
        ("by_dataclass", [3, 6]),
        ("awaiting", [1, 2]),
        pytest.param("wrapped_async", [1, 2], marks=pytest.mark.long),
        pytest.param("by_keyword_only_config", [1, 2], marks=pytest.mark.long),
    ],
)
def test_an_objective_may_take_its_values_in_any_form(
    new_sweep, agent_on, name: str, losses: list[float]
):
    """Values by name, as one config, as a mapping or a dataclass; what it returns is logged."""
    ref = new_sweep(1, 2)
    result = agent_on(name, ref)
    assert [trial.metric for trial in result.trials] == losses
    assert [run.summary["loss"] for run in runs_of(ref)] == losses


def test_what_the_objective_prints_passes_through(
    new_sweep, agent_on, capfd: pytest.CaptureFixture[str]
):
    """The objective's own output is seen as it is; wandb's chatter is not."""
    ref = new_sweep(1, 2)
    result = agent_on("writes", ref)
    out, err = capfd.readouterr()
    first, second = result.trials
    assert out == "hello from 1\nhello from 2\n"
    said = [line for line in err.splitlines() if not line.startswith("wandb-flyte: local backend")]
    assert said == [
        f"wandb-flyte: trial {first.run_id} finished: loss=1 ({first.duration_s:.1f} s)",
        f"wandb-flyte: trial {second.run_id} finished: loss=2 ({second.duration_s:.1f} s)",
    ]
    assert Path("trials.txt").read_text() == f"{ref.sweep_id}\n" * 2
