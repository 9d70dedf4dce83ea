"""The agent: what it is told to do, and what it does when it, its worker or the backend goes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import timedelta

import pytest
import wandb
from wandb_flyte.errors import UserError
from wandb_flyte.runtime._cancelling import uncancelled
from wandb_flyte.runtime.agents.agent import run_agent
from wandb_flyte.runtime.backend import local_server
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient
from wandb_flyte.runtime.backend.wire_errors import SweepGone
from wandb_flyte.runtime.results import AgentResult

from .finding import OBJECTIVES, reference
from .processes import is_alive, wait_for


def states(wire: WireClient, ref: SweepRef) -> list[str]:
    return [run.state for run in wire.sweep_runs(ref)]


def test_a_dead_workers_children_end_with_it(new_sweep, agent_on, in_folder):
    """A process that the objective left behind holds up neither agent nor machine."""
    (trial,) = agent_on("starts_a_child", new_sweep(2)).trials
    assert trial.error == "the worker process was ended by SIGKILL"
    child = int((in_folder / "child.pid").read_text())
    wait_for(lambda: not is_alive(child))


def test_a_stop_on_the_page_ends_the_trial(wire, new_sweep):
    """Stopping a run ends that trial as killed, and the agent takes the next one."""
    ref = new_sweep(1, 2)

    def stop_each() -> None:
        for count in (1, 2):
            wait_for(lambda n=count: states(wire_of(wire), ref)[n - 1 : n] == ["running"])
            wandb.Api().sweep(ref.path).runs[count - 1].stop()

    stopper = threading.Thread(target=stop_each)
    stopper.start()
    result = asyncio.run(run_agent(reference("endless"), sweep_id=ref.path))
    stopper.join()
    assert [(trial.state, trial.error) for trial in result.trials] == [("killed", "stopped")] * 2
    assert states(wire, ref) == ["killed", "killed"]


def wire_of(wire: WireClient) -> WireClient:
    """Another client of the same backend, for another thread."""
    return WireClient(os.environ["WANDB_BASE_URL"], os.environ["WANDB_API_KEY"])


def test_a_canceled_sweep_ends_its_trial_and_its_agent(wire, new_sweep, agent_on):
    """Canceling a sweep reaches a running trial by the heartbeat."""
    ref = new_sweep(1, 2)

    def cancel() -> None:
        client = wire_of(wire)
        wait_for(lambda: states(client, ref) == ["running"])
        client.set_sweep_state(ref, "CANCELED")

    canceler = threading.Thread(target=cancel)
    canceler.start()
    result = agent_on("endless", ref)
    canceler.join()
    assert [trial.state for trial in result.trials] == ["killed"]
    assert states(wire, ref) == ["killed"]


def test_a_paused_sweep_is_waited_for(wire, new_sweep, agent_on):
    """An agent of a paused sweep idles, and goes on when the sweep does."""
    ref = new_sweep(1)
    wire.set_sweep_state(ref, "PAUSED")

    def resume() -> None:
        client = wire_of(wire)
        wait_for(lambda: wandb.Api().sweep(ref.path).agents())
        client.set_sweep_state(ref, "RUNNING")

    resumer = threading.Thread(target=resume)
    resumer.start()
    result = agent_on("by_name", ref)
    resumer.join()
    assert [trial.state for trial in result.trials] == ["finished"]


def test_cancelling_the_agent_ends_its_trial_in_order(wire, new_sweep):
    """A cancelled task leaves no run open and no process behind."""
    ref = new_sweep(1, 2)

    async def cancelled() -> None:
        task = asyncio.ensure_future(run_agent(reference("endless"), sweep_id=ref.path))
        await asyncio.to_thread(wait_for, lambda: states(wire, ref) == ["running"])
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()

    asyncio.run(cancelled())
    assert states(wire, ref) == ["failed"]


def test_a_cancellation_between_two_trials_is_not_lost():
    """What closes a run is done to its end, and the task is cancelled all the same."""
    done: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        done.append("closed")

    async def cancelled() -> None:
        task = asyncio.ensure_future(uncancelled(work()))
        await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()

    asyncio.run(cancelled())
    assert done == ["closed"]


def test_an_agent_that_is_left_behind_ends_its_trial_in_order(wire, new_sweep):
    """`asyncio.run` cancels whatever is under way when its main task ends, all of it at once."""
    ref = new_sweep(1, 2)
    agents = []

    async def leaves() -> None:
        agents.append(asyncio.ensure_future(run_agent(reference("endless"), sweep_id=ref.path)))
        await asyncio.to_thread(wait_for, lambda: states(wire, ref) == ["running"])

    asyncio.run(leaves())
    assert agents[0].cancelled()
    assert states(wire, ref) == ["failed"]


TWO_AGENTS = """
import asyncio, sys
from wandb_flyte import run_agent

async def both():
    await asyncio.gather(*[run_agent(sys.argv[1], sweep_id=sys.argv[2]) for _ in range(2)])

asyncio.run(both())
"""


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_process_ends_its_trials_in_order(wire, new_sweep, signum):
    """A pod that has to go, or Ctrl-C: all runs are closed before the process ends."""
    ref = new_sweep(1, 2, 3)
    command = [sys.executable, "-c", TWO_AGENTS, reference("endless"), ref.path]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        wait_for(lambda: states(wire, ref) == ["running"] * 2)
        process.send_signal(signum)
        process.communicate(timeout=90)
    assert process.returncode != 0
    assert states(wire, ref) == ["failed"] * 2


def test_a_worker_ends_when_its_agent_is_killed(wire, new_sweep):
    """Killing the agent leaves no trial running on."""
    ref = new_sweep(1, 2, 3)
    command = [sys.executable, "-c", TWO_AGENTS, reference("endless"), ref.path]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        wait_for(lambda: states(wire, ref) == ["running"] * 2)
        process.kill()
        wait_for(lambda: states(wire, ref) == ["failed"] * 2)


def test_a_worker_whose_agent_is_killed_while_it_opens_its_run_closes_it(wire, new_sweep):
    """A stop that comes inside wandb.init leaves no run open."""
    ref = new_sweep(1)
    command = [sys.executable, "-c", TWO_AGENTS, reference("kills_its_agent"), ref.path]
    subprocess.run(command, stderr=subprocess.DEVNULL, timeout=60)
    wait_for(lambda: states(wire, ref) == ["failed"])


def test_count_limits_one_agent(wire, new_sweep, agent_on):
    """An agent takes no more trials than it may; the sweep goes on with others."""
    ref = new_sweep(1, 2, 3)
    assert len(agent_on("by_name", ref, count=2).trials) == 2
    assert len(agent_on("by_name", ref).trials) == 1
    assert states(wire, ref) == ["finished"] * 3


def test_agents_in_one_process_run_at_the_same_time(new_sweep):
    """Two agents of one event loop have a worker each: their trials overlap."""
    ref = new_sweep(1, 2, 3, 4)
    name = reference("bare")

    async def both() -> list[AgentResult]:
        return await asyncio.gather(*[run_agent(name, sweep_id=ref.path) for _ in range(2)])

    results = asyncio.run(both())
    runs = wandb.Api().sweep(ref.path).runs
    assert sum(len(result.trials) for result in results) == 4
    assert {run.summary["loss"] for run in runs} == {1, 2, 3, 4}
    assert len({run.summary["pid"] for run in runs}) == 2


def test_isolation_trial_starts_a_process_each(new_sweep, agent_on):
    """With isolation="trial" no two trials share a process."""
    ref = new_sweep(1, 2)
    agent_on("bare", ref, isolation="trial")
    pids = {run.summary["pid"] for run in wandb.Api().sweep(ref.path).runs}
    assert len(pids) == 2
    assert os.getpid() not in pids


def test_isolation_none_stays_in_this_process(wire, new_sweep, agent_on, monkeypatch):
    """With isolation="none" a debugger sees the objective, and wandb is left as it was."""
    monkeypatch.setenv("WANDB_SILENT", "true")
    ref = new_sweep(1, 2)
    agent_on("bare", ref, isolation="none")
    pids = {run.summary["pid"] for run in wandb.Api().sweep(ref.path).runs}
    assert pids == {os.getpid()}
    with wandb.init(project="proj") as run:
        assert run.sweep_id is None
        assert dict(run.config) == {}


def test_isolation_none_takes_any_function(new_sweep, monkeypatch):
    """A lambda or a closure is fine where nothing has to be imported."""
    monkeypatch.setenv("WANDB_SILENT", "true")
    ref = new_sweep(1, 2)
    result = asyncio.run(run_agent(lambda lr: lr * 2, sweep_id=ref.path, isolation="none"))
    assert [trial.metric for trial in result.trials] == [2, 4]


@pytest.mark.parametrize("isolation", ["worker", "trial", "none"])
def test_an_objective_may_parse_its_command_line(new_sweep, agent_on, monkeypatch, isolation):
    """`sys.argv` is that of `python objectives.py`, while it is imported and while it runs."""
    monkeypatch.setenv("WANDB_SILENT", "true")
    monkeypatch.delitem(sys.modules, OBJECTIVES.stem, raising=False)
    mine = list(sys.argv)
    ref = new_sweep(1, 2)
    trials = agent_on("parses_arguments", ref, isolation=isolation).trials
    assert [(trial.error, trial.metric) for trial in trials] == [("", 3), ("", 6)]
    (argv,) = {str(run.summary["argv"]) for run in wandb.Api().sweep(ref.path).runs}
    assert argv == str([[str(OBJECTIVES)]] * 2)
    assert sys.argv == mine


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 0}, "count is `0`: it must be a whole number, 1 or more."),
        ({"count": True}, "count is `True`: it must be a whole number, 1 or more."),
        ({"trial_timeout": -1}, "trial_timeout is `-1`: it must be longer than 0 seconds."),
        (
            {"trial_timeout": timedelta()},
            "trial_timeout is `0:00:00`: it must be longer than 0 seconds.",
        ),
        ({"trial_timeout": "1h"}, "trial_timeout is `1h`: it must be longer than 0 seconds."),
        (
            {"max_trial_restarts": -1},
            "max_trial_restarts is `-1`: it must be a whole number, 0 or more.",
        ),
        (
            {"max_failed_trials": 0.5},
            "max_failed_trials is `0.5`: it must be a whole number, 0 or more.",
        ),
        (
            {"max_consecutive_failures": 0},
            "max_consecutive_failures is `0`: it must be a whole number, 1 or more.",
        ),
    ],
)
def test_an_argument_that_makes_no_sense_is_told(options, message):
    """Before a backend is looked for."""
    with pytest.raises(UserError) as told:
        asyncio.run(run_agent(reference("bare"), sweep_id="local/proj/none", **options))
    assert told.value.message == message


def test_an_objective_that_cannot_be_imported_is_one_error(wire, new_sweep, in_folder):
    """No trial is taken for it."""
    ref = new_sweep(1, 2)
    (in_folder / "broken.py").write_text("import no_such_module\n\ndef objective(): ...\n")
    with pytest.raises(UserError) as failure:
        asyncio.run(run_agent(f"{in_folder}/broken.py:objective", sweep_id=ref.path))
    assert failure.value.message == (
        f"The objective can't be imported: {in_folder}/broken.py:1: "
        "ModuleNotFoundError: No module named 'no_such_module'"
    )
    assert states(wire, ref) == []


def test_a_sweep_that_does_not_exist_is_one_error(wire):
    """The message names the sweep."""
    with pytest.raises(SweepGone, match="There is no sweep `local/proj/nope`"):
        asyncio.run(run_agent(reference("bare"), sweep_id="local/proj/nope"))


def test_no_sweep_at_all_is_one_error(wire):
    """Outside of a sweep's task an agent needs a sweep_id."""
    with pytest.raises(UserError) as failure:
        asyncio.run(run_agent(reference("bare")))
    assert str(failure.value) == (
        "run_agent() was called where there is no sweep.\n"
        "Call it in a task decorated with @wandb_sweep, or give it a sweep_id."
    )


def test_wandb_that_is_told_to_stay_offline_is_one_error(wire, new_sweep, agent_on, monkeypatch):
    """Its runs would never reach the sweep."""
    monkeypatch.setenv("WANDB_MODE", "offline")
    with pytest.raises(UserError) as failure:
        agent_on("bare", new_sweep(1))
    assert str(failure.value) == (
        "WANDB_MODE is `offline`, and a sweep's trials have to reach its backend.\n"
        "Unset it: the local backend needs no account and keeps to this machine."
    )


def test_an_outage_of_the_backend_is_sat_out(wire, new_sweep):
    """A backend that restarts while a trial runs costs neither the trial nor the agent."""
    ref = new_sweep(1, 2)

    def restart() -> None:
        client = wire_of(wire)
        wait_for(lambda: "running" in states(client, ref))
        os.kill(local_server.find().pid, signal.SIGKILL)
        local_server.start()

    restarter = threading.Thread(target=restart)
    restarter.start()
    result = asyncio.run(run_agent(reference("second_long"), sweep_id=ref.path))
    restarter.join()
    assert [trial.state for trial in result.trials] == ["finished", "finished"]
    assert [run.summary["loss"] for run in wandb.Api().sweep(ref.path).runs] == [1, 2]
