"""`wandb-flyte run` that is interrupted, or whose backend goes away: real signals, real kills."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from wandb_flyte.runtime.backend import local_server
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient

from .conftest import COMMAND
from .running import newest_sweep, processes_of, set_entity, until, wire

pytestmark = pytest.mark.usefixtures("clean_environment")


def running(
    project: Path, *words: str, ignore: signal.Signals | None = None
) -> subprocess.Popen[str]:
    """A command, with both of its streams, that may ignore a signal from its start."""
    return subprocess.Popen(
        [*COMMAND, *words],
        preexec_fn=(lambda: signal.signal(ignore, signal.SIG_IGN)) if ignore else None,
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def start(
    project: Path,
    *,
    seconds: int = 60,
    ignore: signal.Signals | None = None,
    entity: str = "local",
    words: Sequence[str] = (),
) -> subprocess.Popen[str]:
    """Starts a run whose trials take a while, and waits until two of them run."""
    with (project / "sweep.yaml").open("a") as file:
        file.write(f"  seconds: {{value: {seconds}}}\n")
    process = running(project, "run", "--trials", "6", "--agents", "2", *words, ignore=ignore)
    until(local_server.find, "the backend is up")
    client = wire()

    def two_running() -> bool:
        assert process.poll() is None, process.communicate()
        sweep_id = client.latest_sweep(entity, "small")
        if not sweep_id:
            return False
        runs = client.sweep_runs(SweepRef(entity, "small", sweep_id))
        return [run.state for run in runs].count("running") == 2

    until(two_running, "two trials run")
    return process


@pytest.mark.parametrize(
    ("signum", "entity"),
    [(signal.SIGINT, "local"), pytest.param(signal.SIGTERM, "my-team", marks=pytest.mark.long)],
)
def test_first_interrupt_cancels(project: Path, signum: signal.Signals, entity: str) -> None:
    """Ctrl-C ends the trials in order: the sweep is CANCELED, its runs are closed."""
    if entity != "local":
        set_entity(project, entity)
    process = start(project, entity=entity)
    process.send_signal(signum)
    out, err = process.communicate(timeout=60)

    info = newest_sweep(entity)
    states = [run.state for run in wire().sweep_runs(info.ref)]
    assert process.returncode == 130, out + err
    assert info.state == "CANCELED"
    assert states == ["killed", "killed"]
    assert "stopping: the sweep is being canceled" in out
    assert "sweep canceled after" in out
    assert "0 of 6 trials finished, 2 killed, 4 not begun" in out
    assert "Traceback" not in out + err
    until(lambda: not processes_of(project), "every process has ended")


def test_a_pilot_that_is_interrupted(project: Path) -> None:
    """Ctrl-C is no failure of its trial, and there is no plan."""
    with (project / "sweep.yaml").open("a") as file:
        file.write("  seconds: {value: 60}\n")
    process = running(project, "plan", "--pilot", "--json")
    until(local_server.find, "the backend is up")
    until(lambda: wire().latest_sweep("local", "small"), "the pilot runs")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130, out + err
    assert json.loads(out)["error"] == "stopped"
    assert "did not finish" not in err


@pytest.mark.long
def test_interrupt_cancels_a_sweep_that_goes_on(project: Path) -> None:
    """Ctrl-C ends a sweep that another run made in the same order."""
    server = local_server.start()
    config = yaml.safe_load((project / "sweep.yaml").read_text())
    config["parameters"]["seconds"] = {"value": 60}
    made = WireClient(server.url, server.key).create_sweep(config, "local", "small", "another's")
    process = start(project, words=["--sweep", made.sweep_id])
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    until(lambda: not processes_of(project), "every process has ended")
    info = newest_sweep()
    runs = wire().sweep_runs(info.ref)
    named = re.search(r"^log: (.*)$", out, re.MULTILINE)
    assert named is not None
    log = Path(named[1]).read_text()
    assert process.returncode == 130, out + err
    assert (info.ref, info.state) == (made, "CANCELED")
    assert [(run.state, run.error) for run in runs] == [("killed", "stopped")] * 2
    assert "0 of 6 trials finished, 2 killed, 4 not begun" in out
    # The agents ended their trials: these were not left to find out by themselves.
    assert "canceling the sweep" in log
    assert "the agent is gone" not in log


def test_a_backend_that_is_gone_and_comes_back(project: Path) -> None:
    """While the backend is away the terminal says so, once; when it is back, too."""
    process = start(project)
    server = local_server.find()
    assert server is not None
    assert process.stdout is not None
    os.kill(server.pid, signal.SIGKILL)
    lines = [process.stdout.readline()]
    while "can't be reached" not in lines[-1]:
        assert lines[-1], lines
        lines.append(process.stdout.readline())
    local_server.start()
    assert process.stdout.readline() == "the backend is back\n"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    waits = "can't be reached: the trials wait for it, up to 10 minutes"
    assert lines[-1] == f"the backend at {server.url} {waits}\n"


def test_second_interrupt_kills(project: Path) -> None:
    """A second Ctrl-C ends every process at once; the runs are closed all the same."""
    objective = project / "small" / "objective.py"
    text = objective.read_text().replace(
        "    time.sleep(seconds)",
        "    while True:\n        try:\n            time.sleep(60)\n"
        "        except BaseException:\n            pass",
    )
    objective.write_text(text)
    process = start(project)
    process.send_signal(signal.SIGINT)
    lines = []
    assert process.stdout is not None
    while "stopping" not in "".join(lines):
        lines.append(process.stdout.readline())
        assert lines[-1], "the run ended by itself"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    info = newest_sweep()
    states = {run.state for run in wire().sweep_runs(info.ref)}
    assert process.returncode == 130, out + err
    assert "killing every process of this run" in out
    assert info.state == "CANCELED"
    assert states <= {"failed", "killed"}
    until(lambda: not processes_of(project), "every process has ended")


def test_nobody_reads_on(project: Path) -> None:
    """As at a closed terminal, a sweep that `| head` reads no further ends in order."""
    process = running(project, "run", "--trials", "500")
    assert process.stdout is not None
    assert process.stderr is not None
    lines = [process.stdout.readline() for _ in range(4)]
    process.stdout.close()
    code = process.wait(timeout=90)
    err = process.stderr.read()
    process.stderr.close()

    info = newest_sweep()
    assert lines[-1].startswith("[1/500] finished")
    assert (code, err) == (130, "")
    assert info.state == "CANCELED"
    assert {run.state for run in wire().sweep_runs(info.ref)} <= {"finished", "killed"}
    until(lambda: not processes_of(project), "every process has ended")


@pytest.mark.long
def test_output_that_nothing_takes(project: Path) -> None:
    """A sweep whose output goes to a full disk comes to its end all the same."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "run", "--trials", "2"],
            cwd=project,
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )

    assert (done.returncode, done.stderr) == (0, "")
    assert newest_sweep().run_count == 2


@pytest.mark.long
def test_closed_terminal_under_nohup(project: Path) -> None:
    """Where SIGHUP is ignored, as under nohup, a closed terminal does not end the run."""
    process = start(project, ignore=signal.SIGHUP, seconds=3)
    process.send_signal(signal.SIGHUP)
    out, err = process.communicate(timeout=90)

    assert process.returncode == 0, out + err
    assert "6 of 6 trials finished" in out
