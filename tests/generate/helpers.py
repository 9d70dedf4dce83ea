"""What several test modules here do: ask for a project or a draft, list a folder, run git."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from wandb_flyte.errors import UserError
from wandb_flyte.generate.add import add_sweep
from wandb_flyte.generate.check.checking import check_files
from wandb_flyte.generate.drafts.draft import draft_sweep
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.user_code.objective import ObjectiveRef

SECOND = """\
method: grid
metric: {name: loss, goal: minimize}
parameters:
  lr: {values: [0.1, 0.2]}
  depth: {value: 2}
"""


def request(name: str = "demo", **changes: object) -> NewProject:
    """A request for a project from `train.py` and `sweep.yaml`."""
    given: dict[str, object] = {
        "name": name,
        "target": Path(name),
        "objective": ObjectiveRef(Path("train.py"), "train"),
        "spec": Path("sweep.yaml"),
    }
    return NewProject(**{**given, **changes})  # type: ignore[arg-type]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, without git's own."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def run_tool(*command: str, cwd: Path, env: Mapping[str, str]) -> str:
    """Runs a program in a project and gives what it printed; a failure shows all of it."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def bare_environment() -> dict[str, str]:
    """A process's environment: the test's own Python first, and nothing of W&B."""
    ours = ("WANDB", "PYTEST_CURRENT", "PYTEST_VERSION", "PYTEST_XDIST")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    return {**kept, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def git(*arguments: str, cwd: Path) -> str:
    """Runs git and gives what it printed."""
    done = subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def wanted(project: Path, name: str = "second", **changes: object) -> NewProject:
    """A request for a sweep from `train.py` and `second.yaml`."""
    whole = request(name, spec=Path("second.yaml"), into=project)
    return replace(whole, **changes)  # type: ignore[arg-type]


def drafted(text: str) -> dict[str, object]:
    """The parameters of a draft that the check has nothing to say of."""
    draft = draft_sweep(text)
    Path("sweep.yaml").write_text(draft)
    assert check_files(Path("sweep.yaml"), None if text.endswith(".py") else text) == []
    return dict(yaml.safe_load(draft)["parameters"])


def shared(project: Path, name: str = "second", **changes: object) -> NewProject:
    """A request for a sweep from `second.yaml` alone."""
    return wanted(project, name, objective=None, **changes)


def refused(project: Path, wish: NewProject) -> str:
    """The message that a request is refused with. The project has to stay as it is."""
    before = tree(project)
    with pytest.raises(UserError) as caught:
        add_sweep(wish)
    assert tree(project) == before
    return str(caught.value)
