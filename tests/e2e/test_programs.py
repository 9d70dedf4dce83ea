"""What runs under `wandb agent` runs the same, unchanged, from a generated project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.user_code.objective import ObjectiveRef
from wandb_flyte.pytest_plugin import used_backend
from wandb_flyte.runtime.backend import local_server
from wandb_flyte.runtime.backend.local_server import LocalServer
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient

SCRIPTS = Path(__file__).parents[1] / "scripts"
HYDRA = {"command": ["${env}", "${interpreter}", "${program}", "${args_no_hyphens}"]}
PYTHON = ["${env}", "${interpreter}"]
SHAPES_COMMAND = ["${program}", "--device=cpu", "fit", "--seed", 3, "${args_no_boolean_flags}"]
STYLES: dict[str, dict[str, Any]] = {
    "argparse": {"program": "argparse_train.py"},
    "click": {"program": "click_train.py"},
    "typer": {"program": "typer_train.py"},
    "hydra": {"program": "hydra_train.py", **HYDRA},
    "config": {"program": "config_train.py"},
    "function": {},
    "module": {"command": [*PYTHON, "-m", "package.train", "${args}"]},
    "module-program": {
        "program": "package.train",
        "command": [*PYTHON, "-m", "${program}", "${args_no_equals}"],
    },
    "package-program": {"program": "package/run.py"},
    "uv": {"program": "argparse_train.py", "command": ["uv", "run", "${program}", "${args}"]},
    "uv-python": {
        "program": "argparse_train.py",
        "command": ["${env}", "uv", "run", "python", "${program}", "${args}"],
    },
    "torchrun": {
        "program": "argparse_train.py",
        "command": ["torchrun", "--standalone", "--nproc_per_node=1", "${program}", "${args}"],
    },
    "constant": {
        "program": "argparse_train.py",
        "command": [*PYTHON, "${program}", "${args}", "-v"],
    },
    "subcommand": {"program": "shapes_train.py", "command": [*PYTHON, *SHAPES_COMMAND]},
    "json-file": {
        "program": "json_train.py",
        "command": [*PYTHON, "${program}", "--config", "${args_json_file}"],
    },
    "json": {"program": "json_train.py", "command": [*PYTHON, "${program}", "${args_json}"]},
    "nested": {"program": "nested_train.py", "command": [*PYTHON, "${program}"]},
}
# The macros and words of these are looked at in `tests/runtime/test_program.py` too.
LONG = (
    *("constant", "json", "json-file", "module", "module-program", "package-program", "torchrun"),
    *("subcommand", "uv", "uv-python"),
    # As argparse; and as a program that reads `wandb.config`.
    *("click", "typer", "nested"),
)
MARKS = dict.fromkeys(LONG, pytest.mark.long)
PARAMETERS = {"lr": {"values": [1e-05]}, "depth": {"values": [3]}}
TWICE = {"lr": {"values": [0.1, 1e-05]}}
# A second trial is the same for every program, and another thing for a function in a warm worker.
MORE = {
    **dict.fromkeys(("argparse", "function"), TWICE),
    "subcommand": {
        "batch-size": {"value": 2},
        "lambda": {"value": 0.5},
        "kind": {"value": "wide"},
        "amp": {"values": [True, False]},
    },
    "nested": {
        "model": {"parameters": {"width": {"value": 4}, "sizes": {"value": [1, 2]}}},
        "a.b": {"value": {"c": [True, None]}},
        "on": {"value": True},
    },
}
# Only what they do with their words counts here, and neither belongs to this project's tools.
TOOLS = {
    "uv": 'shift\ncase "$1" in *.py) exec python "$@" ;; esac\nexec "$@"\n',
    "torchrun": 'while [ "${1#--}" != "$1" ]; do shift; done\nexec python "$@"\n',
}


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """One backend for all of them: each has a sweep of its own."""
    with pytest.MonkeyPatch.context() as patch:
        with used_backend(tmp_path_factory.mktemp("home"), patch) as server:
            yield server
        local_server.stop()


@pytest.fixture
def folder(tmp_path: Path, backend: LocalServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where somebody's sweep works with `wandb agent`."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
    bin_folder = str(Path(sys.executable).parent)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, text in TOOLS.items():
        (tools / name).write_text(f"#!/bin/sh\n{text}")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tools), bin_folder, os.environ["PATH"]]))
    return Path(shutil.copytree(SCRIPTS, tmp_path / "work"))


def trials(client: WireClient, ref: SweepRef) -> list[tuple[dict[str, Any], float]]:
    """Each trial's config and metric, by config."""
    runs = client.sweep_runs(ref)
    assert {run.state for run in runs} == {"finished"}
    found = [({k: v for k, v in run.config.items() if k != "_wandb"}, run) for run in runs]
    return sorted(((config, run.summary["loss"]) for config, run in found), key=_sorted)


def _sorted(trial: tuple[dict[str, Any], float]) -> str:
    return json.dumps(trial, sort_keys=True)


def call(*command: str, cwd: Path) -> str:
    """Runs a command and gives what it printed; a failure shows all of it."""
    done = subprocess.run(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("style", [pytest.param(one, marks=MARKS.get(one, ())) for one in STYLES])
def test_it_runs_as_under_wandb_agent(style: str, folder: Path, backend: LocalServer) -> None:
    """The same grid gives the same configs and the same metrics, from the same files."""
    pytest.importorskip({"hydra": "hydra", "typer": "typer"}.get(style, "wandb"))
    metric = {"name": "loss", "goal": "minimize"}
    parameters = PARAMETERS | MORE.get(style, {})
    sweep = {**STYLES[style], "method": "grid", "metric": metric, "parameters": parameters}
    (folder / "sweep.yaml").write_text(yaml.safe_dump(sweep))
    client = WireClient(backend.url, backend.key)
    theirs = client.create_sweep(sweep, "", "theirs")
    if style == "function":
        code = (
            f"import wandb; from function_train import train; wandb.agent({theirs.path!r}, train)"
        )
        call(sys.executable, "-c", code, cwd=folder)
        objective = ObjectiveRef(folder / "function_train.py", "train")
    else:
        call(sys.executable, "-m", "wandb", "agent", theirs.path, cwd=folder)
        objective = None

    target = folder.parent / "ours"
    new_project(
        NewProject("ours", target, objective, folder / "sweep.yaml", agents=1, backend="local")
    )
    shutil.rmtree(folder)
    printed = call(sys.executable, "-m", "ours", cwd=target)

    (ours,) = [word.split("/sweeps/")[1] for word in printed.split() if "/sweeps/" in word][:1]
    expected = trials(client, theirs)
    assert len(expected) == (2 if style == "subcommand" or MORE.get(style) is TWICE else 1)
    assert trials(client, SweepRef("local", "ours", ours)) == expected
