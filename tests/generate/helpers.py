"""What several test modules here do: ask for a project, list a folder, run git."""

from __future__ import annotations

import subprocess
from pathlib import Path

from wandb_flyte.generate.objective import ObjectiveRef
from wandb_flyte.generate.plan import NewProject


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


def git(*arguments: str, cwd: Path) -> str:
    """Runs git and gives what it printed."""
    done = subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout.strip()
