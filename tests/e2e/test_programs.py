"""What runs under `wandb agent` runs the same, unchanged, from a generated project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.objective import ObjectiveRef
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.runtime.local_server import LocalServer
from wandb_flyte.runtime.wire import SweepRef, WireClient

SCRIPTS = Path(__file__).parents[1] / "scripts"
HYDRA = {"command": ["${env}", "${interpreter}", "${program}", "${args_no_hyphens}"]}
STYLES = {
    "argparse": {"program": "argparse_train.py"},
    "click": {"program": "click_train.py"},
    "typer": {"program": "typer_train.py"},
    "hydra": {"program": "hydra_train.py", **HYDRA},
    "config": {"program": "config_train.py"},
    "function": {},
}
PARAMETERS = {"lr": {"values": [0.1, 1e-05]}, "depth": {"values": [3]}}


@pytest.fixture
def folder(tmp_path: Path, wandb_backend: LocalServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where somebody's sweep works with `wandb agent`."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
    bin_folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([bin_folder, os.environ["PATH"]]))
    return Path(shutil.copytree(SCRIPTS, tmp_path / "work"))


def trials(client: WireClient, ref: SweepRef) -> list[tuple[dict[str, Any], float]]:
    """Each trial's config and metric, by config."""
    runs = client.sweep_runs(ref)
    assert {run.state for run in runs} == {"finished"}
    found = [({k: v for k, v in run.config.items() if k != "_wandb"}, run) for run in runs]
    return sorted(((config, run.summary["loss"]) for config, run in found), key=_rate)


def _rate(trial: tuple[dict[str, Any], float]) -> float:
    return float(trial[0]["lr"])


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


@pytest.mark.parametrize("style", STYLES)
def test_it_runs_as_under_wandb_agent(style: str, folder: Path, wandb_backend: LocalServer) -> None:
    """The same grid gives the same configs and the same metrics, from the same files."""
    pytest.importorskip({"hydra": "hydra", "typer": "typer"}.get(style, "wandb"))
    metric = {"name": "loss", "goal": "minimize"}
    sweep = {**STYLES[style], "method": "grid", "metric": metric, "parameters": PARAMETERS}
    (folder / "sweep.yaml").write_text(yaml.safe_dump(sweep))
    client = WireClient(wandb_backend.url, wandb_backend.key)
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
    assert len(expected) == 2
    assert trials(client, SweepRef("local", "ours", ours)) == expected
