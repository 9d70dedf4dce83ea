"""The command line as a process, and a small project to use it on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from wandb_flyte.runtime.backend import local_server

COMMAND = (sys.executable, "-c", "from wandb_flyte.cli import main; main()")
RunCli = Callable[..., "Done"]


@dataclass(frozen=True)
class Done:
    """A process that has ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home and no W&B or Flyte settings; a backend that the test starts is stopped."""
    for name in list(os.environ):
        if name.startswith(("WANDB_", "FLYTE_", "FLYTECTL_", "UCTL_", "NETRC")):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("WANDB_FLYTE_HOME", str(home / ".wandb-flyte"))
    yield home
    local_server.stop()


@pytest.fixture
def run_cli(clean_environment: Path, tmp_path: Path) -> RunCli:
    """Runs the command line in a process, without a terminal, with an empty home."""

    def run(
        *words: str,
        cwd: Path = tmp_path,
        env: dict[str, str] | None = None,
        start: Sequence[str] = COMMAND,
        timeout_s: float = 120,
    ) -> Done:
        done = subprocess.run(
            [*start, *words],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def without_modules(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Variables with which a Python process finds none of the named modules."""

    def hide(*names: str) -> dict[str, str]:
        folder = tmp_path / "hidden"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(
            dedent(
                f"""
                import importlib.machinery as machinery

                class Hidden(machinery.PathFinder):
                    @classmethod
                    def find_spec(cls, name, path=None, target=None):
                        if name.partition(".")[0] in {names!r}:
                            return None
                        return super().find_spec(name, path, target)

                import sys
                sys.meta_path[:] = [
                    Hidden if finder is machinery.PathFinder else finder
                    for finder in sys.meta_path
                ]
                """
            )
        )
        return {"PYTHONPATH": str(folder)}

    return hide


OBJECTIVE = """
import time


def objective(lr: float, layers: int = 2, seconds: float = 0.2, fail_above: float = 1e9) -> float:
    print(f"training with lr={lr}")
    time.sleep(seconds)
    if lr > fail_above:
        raise ValueError(f"lr {lr} is too high")
    return (lr - 0.3) ** 2 + layers / 100
"""

SETTINGS = """
PROJECT = "small"
ENTITY = None
BACKEND = "auto"
TRIALS = 3
AGENTS = 1
SECRET = "wandb_api_key"
IMAGE = "example.com/image:1"
"""

WORKFLOW = """
import asyncio
from pathlib import Path

import flyte

from wandb_flyte import (
    AgentResult, SweepResult, finish_sweep, get_wandb_sweep_id, load_sweep_config, run_agent,
    wandb_config, wandb_sweep,
)

from . import settings
from .objective import objective

DEFAULTS = {
    **wandb_config(project=settings.PROJECT, entity=settings.ENTITY, backend=settings.BACKEND),
    **load_sweep_config(Path(__file__).parents[1] / "sweep.yaml"),
}
env = flyte.TaskEnvironment(name="small", image=settings.IMAGE)


@wandb_sweep(defaults=DEFAULTS)
@env.task(retries=1)
async def sweep_agent(agent_id: int, sweep_id: str) -> AgentResult:
    return await run_agent(objective)


@wandb_sweep(defaults=DEFAULTS)
@env.task
async def run_parallel_sweep(
    total_trials: int = settings.TRIALS, num_agents: int = settings.AGENTS, sweep_id: str = ""
) -> SweepResult:
    sweep_id = get_wandb_sweep_id()
    agents = [sweep_agent(agent_id=i, sweep_id=sweep_id) for i in range(num_agents)]
    return await finish_sweep(await asyncio.gather(*agents, return_exceptions=True))
"""

SWEEP = """
method: random
metric: {name: loss, goal: minimize}
parameters:
  lr: {min: 0.1, max: 0.9}
  layers: {values: [1, 2, 4]}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project's folder, with an objective that takes 0.2 s."""
    root = tmp_path / "small"
    package = root / "small"
    package.mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nname = "small"\nversion = "0"\n')
    (root / "sweep.yaml").write_text(SWEEP)
    (package / "__init__.py").write_text("")
    (package / "objective.py").write_text(OBJECTIVE)
    (package / "settings.py").write_text(SETTINGS)
    (package / "workflow.py").write_text(WORKFLOW)
    return root
