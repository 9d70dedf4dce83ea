"""A sweep's program as a trial: its command, its failures, its end."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.agents.agent import run_agent
from wandb_flyte.runtime.results import TrialResult
from wandb_flyte.runtime.trials.program import fill_command, run_program

from .processes import is_alive, wait_for

OBJECTIVE = """\
from pathlib import Path
from wandb_flyte import run_program

def objective():
    run_program(Path(__file__).with_name("sweep.yaml"), folder=Path(__file__).parent)
"""
OPEN = "import os, signal, sys, time, wandb\nrun = wandb.init()\nrun.log({'loss': 2.5})\n"
VALUES = {"lr": 1e-05, "on": True, "off": False, "name": None}
ENV = {"MARK": "m!"}


def fill(*command: object, **sweep: object) -> list[str]:
    return fill_command({"command": list(command), **sweep}, VALUES, Path("v.json"), ENV)


@pytest.mark.parametrize(
    ("macro", "words"),
    [
        ("${env}", ["/usr/bin/env"]),
        ("${interpreter}", ["python"]),
        ("${args}", ["--lr=1e-05", "--on=True", "--off=False", "--name=None"]),
        ("${args_no_hyphens}", ["lr=1e-05", "on=True", "off=False", "name=None"]),
        (
            "${args_no_equals}",
            ["--lr", "1e-05", "--on", "True", "--off", "False", "--name", "None"],
        ),
        ("${args_no_boolean_flags}", ["--lr=1e-05", "--on", "--name=None"]),
        ("${args_json}", [json.dumps(VALUES)]),
        ("${args_json_file}", ["v.json"]),
        ("${args_append_hydra}", ["+lr=1e-05", "+on=True", "+off=False", "+name=None"]),
        ("${args_override_hydra}", ["++lr=1e-05", "++on=True", "++off=False", "++name=None"]),
        ("a-${envvar:MARK}-${envvar:GONE}", ["a-m!-GONE"]),
        ("${unknown}", []),
        ("x${args}", ["x${args}"]),
        (7, ["7"]),
    ],
)
def test_each_macro_is_filled_in_as_wandb_does(macro: object, words: list[str]) -> None:
    """What wandb's agent makes of it, unknown ones and those inside a word too."""
    assert fill(macro) == words


def test_without_a_command_it_is_wandbs_own() -> None:
    """`program` alone is enough; without it the default command can't be."""
    command = fill_command({"program": "train.py"}, {"a": 1}, Path("v"), {})
    assert command == ["/usr/bin/env", "python", "train.py", "--a=1"]
    with pytest.raises(UserError, match="names no `program`"):
        fill_command({}, {}, Path("v"), {})


def test_it_needs_a_trial() -> None:
    """Outside of one there is nothing to run it for."""
    with pytest.raises(UserError, match="outside of a trial"):
        run_program("sweep.yaml")


@pytest.fixture
def run(wire, new_sweep, in_folder):
    """Runs one trial of a program; gives its result, its run, and the folder."""

    def run_one(source: str, **options: float) -> TrialResult:
        (in_folder / "objective.py").write_text(OBJECTIVE)
        (in_folder / "train.py").write_text(source)
        (in_folder / "sweep.yaml").write_text(
            "{program: train.py, method: grid, parameters: {lr: {values: [1]}}}"
        )
        ref = new_sweep(1)
        name = f"{in_folder / 'objective.py'}:objective"
        (trial,) = asyncio.run(run_agent(name, sweep_id=ref.path, **options)).trials
        (info,) = wire.sweep_runs(ref)
        assert info.id == trial.run_id
        return trial, info

    return run_one


def test_its_exception_is_the_reason(run, in_folder) -> None:
    """Why and where it failed is told, what it logged before is kept, and its run has failed."""
    trial, info = run(OPEN + "\nraise ValueError('bad rate')\n")
    assert (trial.state, trial.error) == ("failed", "ValueError: bad rate")
    assert trial.where == f"{in_folder.resolve() / 'train.py'}:5"
    assert (trial.metric, info.summary["loss"]) == (2.5, 2.5)
    assert (info.state, info.error) == ("failed", "ValueError: bad rate")


HYDRA = """\
import hydra, sys, wandb
sys.argv[1:] = sys.argv[2:] + {words}

@hydra.main(version_base=None)
def main(cfg):
    wandb.init()
    raise ValueError("no such optimizer")

main()
"""


@pytest.mark.parametrize(
    ("words", "error", "line"),
    [
        ([], "ValueError: no such optimizer", 7),
        (
            ["width=2"],
            "hydra.errors.ConfigCompositionException: Could not override 'width'."
            " To append to your config use +width=2",
            9,
        ),
    ],
)
def test_the_exception_of_a_hydra_program_is_the_reason(
    run, in_folder, words: list[str], error: str, line: int
) -> None:
    """Hydra's advice on how to see the traceback is not, and a config error has its place too."""
    pytest.importorskip("hydra")
    trial, _ = run(HYDRA.format(words=words))
    assert (trial.state, trial.error) == ("failed", error)
    assert trial.where == f"{in_folder.resolve() / 'train.py'}:{line}"


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import sys\nsys.exit('no such flag')\n", "exit code 1: no such flag"),
        ("import sys\nsys.exit(3)\n", "train.py ended with exit code 3"),
        (OPEN + "os.kill(os.getpid(), signal.SIGSEGV)\n", "train.py was ended by SIGSEGV"),
        ("pass\n", "opened no W&B run"),
    ],
)
def test_every_other_end_is_told(run, source: str, error: str) -> None:
    """An exit code, a signal, a run that was never opened: each is a failed trial."""
    trial, info = run(source)
    assert error in trial.error
    assert (trial.state, info.state) == ("failed", "failed")


def test_a_progress_bar_takes_no_reasons_place(run) -> None:
    """Of a line that was written over again and again the last counts, as in a terminal."""
    bar = "import sys\nfor i in range(100): sys.stderr.write(f'\\r{i:2}% ' + '#' * 90)\n"
    trial, _ = run(bar + "sys.exit('no such flag')\n")
    assert trial.error == f"train.py ended with exit code 1: 99% {'#' * 90}no such flag"


BAR = """
import sys, time
from pathlib import Path
from wandb_flyte.runtime.trials import program
bar = '''
import sys, time
from pathlib import Path
sys.stderr.buffer.write(b"\\\\r10% \\\\xe2\\\\x96")
sys.stderr.flush()
while not Path("seen").exists():
    time.sleep(0.01)
sys.stderr.buffer.write(b"\\\\x88 done")
'''
program._run([sys.executable, "-c", bar], Path("."), program._environment())
"""


def test_what_it_says_is_there_before_its_line_ends(tmp_path: Path) -> None:
    """A progress bar moves while the program runs; no letter is torn."""
    log = tmp_path / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen([sys.executable, "-c", BAR], cwd=tmp_path, stderr=errors)
    try:
        wait_for(lambda: b"10%" in log.read_bytes(), 20)
        (tmp_path / "seen").touch()
        assert process.wait(30) == 0
    finally:
        process.kill()
    assert log.read_bytes() == "\r10% \u2588 done".encode()


def test_it_ends_with_its_time(run) -> None:
    """A program that takes too long is ended, and its trial has failed for that reason."""
    trial, info = run(OPEN + "print('up', flush=True)\ntime.sleep(600)\n", trial_timeout=8)
    assert trial.error == "ran longer than trial_timeout, 8 s"
    assert (trial.state, info.state) == ("failed", "failed")


STUBBORN = """
import pathlib, subprocess, sys
ignore = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
ignore += "print('up', flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", ignore], stdout=subprocess.PIPE)
child.stdout.readline()
pathlib.Path("child.pid").write_text(str(child.pid))
"""


def test_what_it_started_ends_with_it(run, in_folder) -> None:
    """A child that ignores SIGTERM is gone when the trial that was stopped is, worker or not."""
    source = STUBBORN + OPEN + "time.sleep(600)\n"
    trial, _ = run(source, trial_timeout=8)
    assert trial.error == "ran longer than trial_timeout, 8 s"
    child = int((in_folder / "child.pid").read_text())
    wait_for(lambda: not is_alive(child))


DIRECT = """
import sys
from pathlib import Path
from wandb_flyte.runtime.trials import program
child = "import os, pathlib\\n" + Path("stubborn.py").read_text() + sys.argv[1]
try:
    program._run([sys.executable, "-c", child], Path("."), program._environment())
finally:
    Path("ran").touch()
    sys.stdin.read()
"""


@pytest.mark.parametrize("way", ["ends", "killed"])
def test_a_child_is_gone_while_the_worker_lives_on_or_is_killed(way: str, tmp_path: Path) -> None:
    """What a program leaves behind ends with it, and with a process that is killed around it."""
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    then = "import time; time.sleep(600)" if way == "killed" else "pass"
    process = subprocess.Popen(
        [sys.executable, "-c", DIRECT, then], cwd=tmp_path, stdin=subprocess.PIPE
    )
    wanted = tmp_path / ("child.pid" if way == "killed" else "ran")
    wait_for(lambda: wanted.exists() and (tmp_path / "child.pid").read_text())
    try:
        if way == "killed":
            process.kill()
        child = int((tmp_path / "child.pid").read_text())
        wait_for(lambda: not is_alive(child))
        assert way == "killed" or process.poll() is None
    finally:
        process.kill()
        process.communicate()
