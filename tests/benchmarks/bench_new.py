"""What `wandb-flyte new --defaults` takes beside `copier copy --defaults` of the same tree."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pairs import Command, compare, environment

LIMIT = 1.15
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
BIN = Path(sys.executable).parent


def make_bundle(folder: Path, env: dict[str, str]) -> Path:
    """A copier template that holds a whole project, the starter's two files included."""
    tree = folder / "tree"
    shutil.copytree(TEMPLATES / "project", tree)
    starter = TEMPLATES / "starters" / "quickstart"
    shutil.copy(starter / "objective.py", tree / "{{ package }}" / "objective.py")
    shutil.copy(starter / "sweep.yaml", tree / "sweep.yaml")
    for command in (
        ["git", "init", "--quiet"],
        ["git", "add", "--all"],
        ["git", "commit", "--quiet", "--message", "template"],
        ["git", "tag", "v0.1.0"],
        ["git", "bundle", "create", "--quiet", str(folder / "template.bundle"), "--tags"],
    ):
        subprocess.run(command, cwd=tree, env=env, check=True)
    return folder / "template.bundle"


def main() -> int:
    """Print the ratio of the medians; 1 when it is over its limit."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        env = environment(folder)
        bundle = str(make_bundle(folder, env))
        new, copy = str(BIN / "wandb-flyte"), [str(BIN / "copier"), "copy"]
        return compare(
            Command(
                "wandb-flyte new --defaults",
                lambda index: [new, "new", f"bench-{index}", "--defaults"],
                folder,
                env,
            ),
            Command(
                "copier copy --defaults",
                lambda index: [*copy, "--defaults", "--quiet", bundle, f"copied-{index}"],
                folder,
                env,
            ),
            LIMIT,
        )


if __name__ == "__main__":
    sys.exit(main())
