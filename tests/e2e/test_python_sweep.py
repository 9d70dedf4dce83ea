"""A tutorial's script with its sweep in it becomes a project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from wandb_flyte.errors import InvalidInput
from wandb_flyte.generate.check.here import check_here
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.runtime.backend.local_server import LocalServer
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient

SCRIPT = """\
import wandb


def main():
    with wandb.init(project="first") as run:
        run.log({"score": run.config.x ** 3 + run.config.y})


sweep_configuration = {
    "method": "random",
    "name": "sweep",
    "metric": {"goal": "minimize", "name": "score"},
    "parameters": {"x": {"max": 0.1, "min": 0.01}, "y": {"values": [1, 3, 7]}},
}

if __name__ == "__main__":
    wandb.login()
    sweep_id = wandb.sweep(sweep=sweep_configuration, project="first")
    wandb.agent(sweep_id, function=main, count=3)
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of the test's own, and a git that knows who commits."""
    monkeypatch.chdir(tmp_path)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")


def test_a_tutorial_becomes_a_project(tmp_path: Path, wandb_backend: LocalServer) -> None:
    """Its function, count and W&B project are the project's, and its sweep runs."""
    Path("train.py").write_text(SCRIPT)
    new_project(NewProject("ours", Path("ours"), spec=Path("train.py"), backend="local", agents=1))
    done = subprocess.run(
        [sys.executable, "-m", "ours"],
        cwd="ours",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout
    client = WireClient(wandb_backend.url, wandb_backend.key)
    runs = client.sweep_runs(SweepRef("local", "first", client.latest_sweep("local", "first")))
    assert [run.state for run in runs] == ["finished"] * 3
    assert all(run.summary["score"] == run.config["x"] ** 3 + run.config["y"] for run in runs)


def test_it_is_checked_alone(tmp_path: Path) -> None:
    """`check train.py` compares the sweep with the function that its agent gets."""
    Path("train.py").write_text(SCRIPT)
    good = check_here(tmp_path, Path("train.py"), None)
    Path("train.py").write_text(SCRIPT.replace('"y": {', '"why": {'))
    bad = check_here(tmp_path, Path("train.py"), None)

    assert good.findings == ()
    assert {("WF101", 13), ("WF102", 6)} <= {(f.code, f.line) for f in bad.findings}


@pytest.mark.parametrize("way", ["if True:", "def start():"])
def test_a_sweep_at_import_is_refused(way: str) -> None:
    """A file that starts its sweep when a trial imports it is refused at that line."""
    script = SCRIPT.replace('if __name__ == "__main__":', way)
    Path("train.py").write_text(script + ("\n\nstart()\n" if "def" in way else ""))

    with pytest.raises(InvalidInput) as caught:
        new_project(NewProject("ours", Path("ours"), spec=Path("train.py")))
    assert {finding.code for finding in caught.value.findings} == {"WF405"}
    assert not Path("ours").exists()
