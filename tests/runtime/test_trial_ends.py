"""How a trial ends: well, by itself, or because it must; and what is told of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import wandb
from wandb_flyte._agreed import REASON_KEY
from wandb_flyte.runtime.agents.agent import run_agent
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient
from wandb_flyte.runtime.results import AgentResult, TrialResult
from wandb_flyte.runtime.trials._process import GRACE_S

from .finding import line_of, reference


def log_of(ref: SweepRef, run_id: str) -> str:
    run = wandb.Api().run(f"{ref.entity}/{ref.project}/{run_id}")
    return "\n".join(line.content for line in run.console_logs())


def states(wire: WireClient, ref: SweepRef) -> list[str]:
    return [run.state for run in wire.sweep_runs(ref)]


def by_rate(result: AgentResult) -> dict[float, TrialResult]:
    return {trial.config["lr"]: trial for trial in result.trials}


def test_an_exception_fails_its_trial_alone(wire, new_sweep, agent_on):
    """Why and where is told, the run has failed with exit code 1, and the next trial goes on."""
    ref = new_sweep(1, 2, 3)
    trials = by_rate(agent_on("raises_with_arguments", ref))
    assert [trial.state for trial in trials.values()] == ["finished", "failed", "finished"]
    assert trials[2].error == "ValueError: bad rate"
    assert trials[2].where == line_of('"bad   rate"')
    assert states(wire, ref) == ["finished", "failed", "finished"]


IN_ITS_LOG = ("raises_with_arguments", "raises_in_block", "opens_nothing")
HAVE_LOGGED = ("raises_after_logging", "raises_decorated")
TOLD_ALIKE = ("raises_in_block", "raises_decorated", "raises_but_finishes", "exits")


@pytest.mark.parametrize(
    "name",
    [
        *("raises_with_arguments", "opens_nothing", "raises_after_logging", "killed"),
        *(pytest.param(name, marks=pytest.mark.long) for name in TOLD_ALIKE),
    ],
)
def test_the_reason_is_kept_with_the_run(wire, new_sweep, agent_on, name):
    """Whoever reads the run at its backend is told why and where, whichever way it ended.

    Its page has the reason in the log, and what a failed run logged stays in its summary.
    """
    ref = new_sweep(2)
    (trial,) = agent_on(name, ref).trials
    (run,) = wire.sweep_runs(ref)
    assert trial.error
    assert (run.state, run.error, run.where) == ("failed", trial.error, trial.where)
    if name in IN_ITS_LOG:
        assert trial.error.split(":")[0] in log_of(ref, trial.run_id)
    if name in HAVE_LOGGED:
        assert run.summary["loss"] == 2


def test_a_run_that_went_well_has_no_reason(wire, new_sweep, agent_on):
    """Nothing is added to the summary of a trial that finished."""
    ref = new_sweep(1)
    agent_on("by_name", ref)
    (run,) = wire.sweep_runs(ref)
    assert (run.error, run.where) == ("", "")
    assert {key for key in run.summary if not key.startswith("_")} == {"loss"}
    assert REASON_KEY not in run.summary


def test_a_run_that_the_objective_finished_itself_has_failed_all_the_same(
    wire, new_sweep, agent_on, capfd
):
    """`finally: wandb.finish()` records success; the exception behind it counts, and is shown."""
    ref = new_sweep(1)
    (trial,) = agent_on("raises_but_finishes", ref).trials
    assert (trial.state, trial.error) == ("failed", "ValueError: bad rate 1")
    assert states(wire, ref) == ["failed"]
    assert "\nValueError: bad rate 1\n" in capfd.readouterr().err


@pytest.mark.parametrize(
    "name", ["returns_after_its_block", "opens_beside", "finishes_and_returns"]
)
def test_what_is_returned_beside_the_run_is_logged(wire, new_sweep, agent_on, name):
    """The metric reaches the trial's run, closed already or not `wandb.run`."""
    ref = new_sweep(2)
    (trial,) = agent_on(name, ref).trials
    (run,) = wire.sweep_runs(ref)
    assert (trial.state, trial.metric, run.state, run.summary["loss"]) == (
        *("finished", 2),
        *("finished", 2),
    )


def test_a_run_that_is_not_wandbs_one_run_fails_with_its_trial(wire, new_sweep, agent_on):
    """A run opened with `reinit="create_new"` is closed as its objective ended."""
    ref = new_sweep(2)
    (trial,) = agent_on("fails_beside", ref).trials
    (run,) = wire.sweep_runs(ref)
    assert (trial.error, run.error, run.state) == (
        *("ValueError: bad rate 2", "ValueError: bad rate 2"),
        "failed",
    )


def test_the_failure_behind_a_run_that_is_closed_is_told(wire, new_sweep, agent_on):
    """A decorated objective that has closed its run fails with its own exception."""
    ref = new_sweep(2)
    (trial,) = agent_on("finishes_and_raises", ref).trials
    assert (trial.state, trial.error) == ("failed", "ValueError: bad rate 2")
    assert states(wire, ref) == ["failed"]


def test_a_run_that_was_closed_as_failed_stays_so(wire, new_sweep, agent_on):
    """The exit code that an objective gives its run is its trial's."""
    ref = new_sweep(2)
    (trial,) = agent_on("fails_by_exit_code", ref).trials
    said = "the objective closed its run with exit code 3"
    assert (trial.state, trial.error) == ("failed", said)
    assert states(wire, ref) == ["failed"]


@pytest.mark.parametrize("isolation", ["worker", pytest.param("none", marks=pytest.mark.long)])
def test_a_trial_that_swallows_its_timeout_has_failed(wire, new_sweep, agent_on, isolation):
    """Some libraries catch what stops them and return: that trial is half trained."""
    ref = new_sweep(1)
    (trial,) = agent_on("swallows_its_stop", ref, trial_timeout=3, isolation=isolation).trials
    assert trial.state == "failed"
    assert "3 s" in trial.error
    assert states(wire, ref) == ["failed"]


def test_an_offline_run_fails_its_trial_once(wire, new_sweep, agent_on):
    """The sweep never hears of an offline run: the trial has failed, and says why."""
    ref = new_sweep(1, 2)
    trials = agent_on("is_offline", ref).trials
    assert [(trial.state, "not offline" in trial.error) for trial in trials] == [
        *[("failed", True)] * 2
    ]
    assert states(wire, ref) == ["failed", "failed"]


def test_an_objective_that_kills_wandbs_process_fails_alone(wire, new_sweep, agent_on):
    """A run that can't be closed has failed, with the reason; the next trial gets a worker."""
    ref = new_sweep(1, 2)
    trials = agent_on("kills_wandbs_process", ref).trials
    assert [trial.state for trial in trials] == ["failed", "failed"]
    assert not any("worker process" in trial.error for trial in trials)
    assert states(wire, ref) == ["failed", "failed"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("interrupts_itself", "KeyboardInterrupt"),
        ("raises_a_surrogate", "FileNotFoundError: caf\\udce9.csv"),
        ("kills_wandbs_process_and_raises", "ValueError: bad rate 1"),
        (
            "by_position_only",
            "UserError: The objective takes `lr` by position only; values come by name."
            " Take the `/` out of its signature.",
        ),
    ],
)
def test_a_failure_is_told_whatever_stands_in_its_way(new_sweep, agent_on, name, error):
    """A text that UTF-8 can't hold, or a run that can't be written to, hides no reason."""
    (trial,) = agent_on(name, new_sweep(1)).trials
    assert (trial.state, trial.error) == ("failed", error)


def test_what_a_helper_returns_is_no_metric(wire, new_sweep, agent_on):
    """The sweep's metric is what the objective returns, not a decorated function it calls."""
    ref = new_sweep(2)
    agent_on("calls_a_decorated_helper", ref)
    assert [run.summary["loss"] for run in wire.sweep_runs(ref)] == [2]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("returns_a_pair", 1),
        pytest.param("returns_a_pair_decorated", 1, marks=pytest.mark.long),
        pytest.param("logs_and_returns_text", 0, marks=pytest.mark.long),
        ("by_name", 0),
    ],
)
def test_a_returned_value_that_is_no_metric_is_told(new_sweep, agent_on, capfd, name, said):
    """Once, in the trial's log and where the agent's is, when the trial has no metric otherwise."""
    ref = new_sweep(1)
    (trial,) = agent_on(name, ref).trials
    line = (
        "Returned, and not logged: a `tuple`, which is no number; return `loss` alone, or a dict "
        'such as {"loss": 0.5}'
    )
    assert trial.state == "finished"
    assert capfd.readouterr().err.count(line) == said
    assert log_of(ref, trial.run_id).count(line) == said


@pytest.mark.parametrize(
    "name",
    ["returns_its_model", pytest.param("returns_its_model_decorated", marks=pytest.mark.long)],
)
def test_a_returned_value_that_can_not_be_logged_fails_no_trial(
    wire, new_sweep, agent_on, capfd, name
):
    """What W&B can take of a returned dict is logged, in one row; the rest is named."""
    ref = new_sweep(1)
    agent_on(name, ref)
    (run,) = wire.sweep_runs(ref)
    assert (run.state, run.summary["loss"], run.summary["accuracy"]) == ("finished", 1, 0.5)
    assert run.summary["_step"] == 0
    expected = "Returned, and not logged, since W&B can't take it: `model`\n"
    assert expected in capfd.readouterr().err


def test_sys_exit_is_a_failure_with_its_code(wire, new_sweep, agent_on):
    """`sys.exit(3)` ends the trial, not the worker."""
    ref = new_sweep(1, 2)
    trials = agent_on("exits", ref).trials
    assert [(trial.state, trial.error) for trial in trials] == [("failed", "SystemExit: 3")] * 2
    assert states(wire, ref) == ["failed", "failed"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("killed", "the worker process was ended by SIGKILL"),
        ("leaves", "the worker process ended with exit code 0"),
    ],
)
def test_a_worker_that_dies_fails_one_trial(wire, new_sweep, agent_on, name, error):
    """Its run is closed as failed, and a new worker takes the next trials."""
    ref = new_sweep(1, 2, 3)
    trials = by_rate(agent_on(name, ref))
    assert [trial.state for trial in trials.values()] == ["finished", "failed", "finished"]
    assert trials[2].error == error
    assert states(wire, ref) == ["finished", "failed", "finished"]


def test_a_dead_workers_run_is_closed_by_the_agent(wire, new_sweep, agent_on):
    """Not left to the backend's own guess: W&B finds out minutes later."""
    ref = new_sweep(2, 3)
    agent_on("killed", ref, count=1)
    assert states(wire, ref) == ["failed"]


def test_a_trial_that_runs_too_long_is_ended(wire, new_sweep, agent_on):
    """trial_timeout counts for each trial; what was logged until then is kept."""
    ref = new_sweep(1, 2)
    trials = agent_on("endless", ref, trial_timeout=4).trials
    assert [trial.state for trial in trials] == ["failed", "failed"]
    assert {trial.error for trial in trials} == {"ran longer than trial_timeout, 4 s"}
    assert [trial.metric for trial in trials] == [1, 2]
    assert states(wire, ref) == ["failed", "failed"]
    assert [run.error for run in wire.sweep_runs(ref)] == [trial.error for trial in trials]


def test_a_trial_in_this_process_that_runs_too_long_is_ended(
    wire, new_sweep, agent_on, monkeypatch
):
    """isolation="none" keeps the reason of a stopped trial with its run too."""
    monkeypatch.setenv("WANDB_SILENT", "true")
    ref = new_sweep(1)
    (trial,) = agent_on("endless", ref, trial_timeout=1, isolation="none").trials
    (run,) = wire.sweep_runs(ref)
    assert (trial.state, trial.error) == ("failed", "ran longer than trial_timeout, 1 s")
    assert (run.state, run.error) == (trial.state, trial.error)


def test_a_trial_in_this_process_is_not_stopped_inside_wandb(wire, new_sweep, agent_on):
    """A stop waits until wandb.init has returned: half imported, wandb would stay broken here."""
    ref = new_sweep(1)
    (trial,) = agent_on("opens_slowly", ref, trial_timeout=1, isolation="none").trials
    (run,) = wire.sweep_runs(ref)
    assert (trial.state, trial.error) == ("failed", "ran longer than trial_timeout, 1 s")
    assert (run.state, run.error) == (trial.state, trial.error)
    assert wandb.Api().run(f"{ref.entity}/{ref.project}/{trial.run_id}").config["seed"] == 1


def test_a_value_that_the_objective_lacks_is_named(new_sweep, agent_on):
    """Parameters that do not fit fail the trial with both sides named."""
    (more,) = agent_on("needs_more", new_sweep(1)).trials
    (less,) = agent_on("takes_less", new_sweep(1)).trials
    assert more.error == (
        "UserError: The objective needs `depth`, which the sweep does not have. "
        "The sweep's parameters: `lr`."
    )
    assert less.error == "UserError: The objective does not take the sweep's `lr`."
    assert Path(more.where.rpartition(":")[0]).name != "conftest.py"


def test_a_trial_that_does_not_end_is_killed(wire, new_sweep):
    """After its grace: one that swallows every exception, and those that are stuck in C code.

    There a signal waits until the code returns, if it is not blocked altogether.
    """
    # Long enough for a busy machine to open the runs: a stop before that would find nobody stuck.
    stuck = ["stubborn", "waits_in_c", "holds_the_interpreter", "blocks_signals"]
    refs = {name: new_sweep(1) for name in stuck}

    async def all_of_them() -> list[AgentResult]:
        agents = [
            run_agent(reference(name), sweep_id=ref.path, trial_timeout=8)
            for name, ref in refs.items()
        ]
        return await asyncio.gather(*agents)

    for result, ref in zip(asyncio.run(all_of_them()), refs.values(), strict=True):
        (trial,) = result.trials
        assert (trial.state, trial.error) == ("failed", "ran longer than trial_timeout, 8 s")
        assert trial.duration_s >= GRACE_S
        assert states(wire, ref) == ["failed"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("returns_what_no_run_takes", "TypeError: "),
        pytest.param("raises_far_too_much", "ValueError: xxx", marks=pytest.mark.long),
        ("leaves_far_too_much", "RuntimeError: too much"),
        ("raises_what_has_no_text", "Untold: <no message: ZeroDivisionError>"),
    ],
)
def test_what_can_not_be_told_ends_its_trial_alone(wire, new_sweep, agent_on, name, error):
    """A result that can't be sent back, or is huge: its trial fails, and the rest go on."""
    ref = new_sweep(1, 2, 3)
    trials = by_rate(agent_on(name, ref))
    assert [trial.state for trial in trials.values()] == ["finished", "failed", "finished"]
    assert trials[2].error.startswith(error)
    assert len(trials[2].error) < 1100
    assert states(wire, ref) == ["finished", "failed", "finished"]


def test_an_agent_that_is_sent_nonsense_loses_one_trial(wire, new_sweep, agent_on):
    """An objective that writes into its worker's own socket ends that worker, and no more."""
    ref = new_sweep(1, 2, 3)
    trials = by_rate(agent_on("talks_to_the_agent", ref))
    assert [trial.state for trial in trials.values()] == ["finished", "failed", "finished"]
    assert trials[2].error == "the worker process sent something that is no message"
    assert states(wire, ref) == ["finished", "failed", "finished"]
