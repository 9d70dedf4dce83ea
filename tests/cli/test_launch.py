"""`python -m wandb_flyte.runtime.launch`: the process that a local run is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from wandb_flyte.runtime.backend import local_server
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient
from wandb_flyte.runtime.launch import of_pilot, read_outcome, write_outcome
from wandb_flyte.runtime.results import SweepResult, TrialResult

from .conftest import RunCli
from .running import newest_sweep, until, wire

pytestmark = pytest.mark.usefixtures("clean_environment")


def launch(project: Path, **inputs: object) -> subprocess.Popen[str]:
    """Starts the project's sweep as `run` does."""
    command = [sys.executable, "-m", "wandb_flyte.runtime.launch", "small", "--name", "rtest"]
    command += ["--inputs", json.dumps(inputs), "--result", str(project / "result.json")]
    return started([*command, "--project", "small"], project)


def started(command: Sequence[str], project: Path) -> subprocess.Popen[str]:
    """A process in the project's folder, on the local backend."""
    return subprocess.Popen(
        command,
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "WANDB_FLYTE_BACKEND": "local"},
    )


def running_sweep() -> tuple[WireClient, SweepRef] | None:
    """The launched run's sweep, once a trial of it runs."""
    server = local_server.find()
    if server is None:
        return None
    client = WireClient(server.url, server.key)
    sweep = client.find_sweep("local", "small", "rtest")
    if sweep is None:
        return None
    running = any(run.state == "running" for run in client.sweep_runs(sweep))
    return (client, sweep) if running else None


def test_result_is_written(project: Path) -> None:
    """The sweep's result is in the file, and the sweep is found by the run's name."""
    process = launch(project, total_trials=2)
    _, err = process.communicate(timeout=90)

    outcome = read_outcome(project / "result.json")
    server = local_server.find()
    assert process.returncode == 0, err
    assert server is not None
    assert outcome is not None
    result, error = outcome
    assert error == ""
    assert result is not None
    assert result.counts == {"finished": 2}
    found = WireClient(server.url, server.key).find_sweep("local", "small", "rtest")
    assert found is not None
    assert found.sweep_id == result.sweep_id


HERE = (
    *(sys.executable, "-c"),
    "import sys; from wandb_flyte import run_locally; sys.exit(run_locally('small'))",
)


def test_python_m_says_what_is_wrong(run_cli: RunCli, project: Path) -> None:
    """Each mistake in the sweep config is a line with its place, and nothing is started."""
    file = project / "sweep.yaml"
    text = file.read_text().replace("random", "rndom").replace("min: 0.1", "min: 3.0")
    file.write_text(text)

    done = run_cli(cwd=project, start=HERE)

    assert done.code == 1
    assert done.out == ""
    assert done.err == (
        f"error: {file}:2: method: `rndom` is no search method. Write `random`.\n"
        f"error: {file}:5: parameters.lr: `min: 3.0` is not below `max: 0.9`. Swap them.\n"
    )
    assert local_server.find() is None


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [(["--help"], 0, "--trials N"), (["--trails", "1"], 2, "--trails")],
)
def test_python_m_starts_nothing_for_other_words(
    words: list[str], code: int, said: str, run_cli: RunCli, project: Path
) -> None:
    """Help, and options that there are not."""
    done = run_cli(*words, cwd=project, start=HERE)

    assert done.code == code
    assert said in done.out + done.err
    assert local_server.find() is None


@pytest.mark.long
def test_python_m_takes_the_size(run_cli: RunCli, project: Path) -> None:
    """As `run` does, over the settings."""
    done = run_cli("--trials", "1", "--agents", "1", cwd=project, start=HERE)

    assert done.code == 0, done.err
    assert "\n1 finished: " in done.out


def test_python_m_ends_as_run_does(run_cli: RunCli, project: Path) -> None:
    """A sweep without one finished trial has its exit code, and says why."""
    file = project / "small" / "objective.py"
    file.write_text(file.read_text().replace("fail_above: float = 1e9", "fail_above: float = 0.0"))

    done = run_cli(cwd=project, start=HERE)
    run = run_cli("run", "--backend", "local", cwd=project)

    assert done.code == run.code == 1
    last = done.err.rpartition("\nerror: No trial of sweep ")[2]
    assert "3 trials failed: ValueError: " in last
    assert "Its trials: http://127.0.0.1:" in last
    assert "Traceback" not in last


@pytest.mark.long
def test_python_m_is_interrupted(project: Path) -> None:
    """Ctrl-C ends it with the exit code of `run`, its sweep canceled, and no traceback."""
    (project / "sweep.yaml").write_text(
        (project / "sweep.yaml").read_text() + "  seconds: {value: 60}\n"
    )
    process = started(HERE, project)
    until(newest_running, "a trial runs")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    assert "\nstopped\n" in err
    assert "KeyboardInterrupt" not in err
    assert newest_sweep().state == "CANCELED"


def newest_running() -> bool:
    """Whether a trial of the project's newest sweep runs."""
    if local_server.find() is None or not wire().latest_sweep("local", "small"):
        return False
    return any(run.state == "running" for run in wire().sweep_runs(newest_sweep().ref))


def test_failure_is_written(project: Path) -> None:
    """Why the run failed is in the file, its traceback in the output, and the exit code is 1."""
    process = launch(project, no_such_input=2)
    _, err = process.communicate(timeout=90)

    outcome = read_outcome(project / "result.json")
    assert process.returncode == 1
    assert outcome == (
        None,
        "The task `run_parallel_sweep` in `small/workflow.py` has no input `no_such_input`. "
        "It needs `total_trials`, `num_agents` and `sweep_id` for what `run` can say.",
    )
    assert "Traceback" in err


@pytest.mark.parametrize(
    "signum", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)]
)
def test_signal_cancels_the_sweep(project: Path, signum: signal.Signals) -> None:
    """SIGINT and SIGTERM cancel the sweep; its trial is closed before the process ends."""
    with (project / "sweep.yaml").open("a") as file:
        file.write("  seconds: {value: 60}\n")
    process = launch(project, total_trials=2)
    deadline = time.monotonic() + 60
    while not (found := running_sweep()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "no trial runs"
        time.sleep(0.1)
    client, sweep = found
    process.send_signal(signum)
    process.communicate(timeout=60)

    assert process.returncode == 130
    assert client.sweep(sweep).state == "CANCELED"
    assert [run.state for run in client.sweep_runs(sweep)] == ["killed"]


def test_outcome_survives_the_file(tmp_path: Path) -> None:
    """A result is read back as it was written."""
    trial = TrialResult("a", "finished", {"lr": 0.1, "o": {"x": [1]}}, "n", 0.5, 1.0, "", "", "g")
    result = SweepResult("s", "http://x", "loss", "maximize", [trial], trial)
    write_outcome(tmp_path / "file", result, "")

    assert read_outcome(tmp_path / "file") == (result, "")
    assert read_outcome(tmp_path / "none") is None


def test_a_pilots_sweep_is_known_by_its_run() -> None:
    """Also where the sweep config has a description of its own, which comes first."""
    assert of_pilot("flyte:pilot-x1/a0")
    assert of_pilot("Wide rates.\n\nflyte:pilot-x1/a0")
    assert not of_pilot("As in flyte:pilot-x1/a0.\n\nflyte:r1/a0")
    assert not of_pilot("")
