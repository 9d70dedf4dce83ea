"""What `wandb-flyte new --defaults` takes beside `copier copy --defaults` of the same tree."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAIRS = 15
LIMIT = 1.15
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
BIN = Path(sys.executable).parent


def wall_s(command: list[str], cwd: Path, env: dict[str, str]) -> float:
    """Wall-clock seconds of one whole process."""
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, env=env, check=True, capture_output=True)
    return time.perf_counter() - start


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
        who = {
            f"GIT_{role}_{what}": "bench@localhost"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        env = {**os.environ, **who, "HOME": scratch}
        bundle = make_bundle(folder, env)
        new, copy = [], []
        for index in range(PAIRS + 1):
            name = f"bench-{index}"
            ours = wall_s([str(BIN / "wandb-flyte"), "new", name, "--defaults"], folder, env)
            command = [str(BIN / "copier"), "copy", "--defaults", "--quiet"]
            theirs = wall_s([*command, str(bundle), f"copied-{index}"], folder, env)
            if index:  # The first pair fills the caches of both.
                new.append(ours)
                copy.append(theirs)
    ratio = statistics.median(ours / theirs for ours, theirs in zip(new, copy, strict=True))
    print(f"wandb-flyte new --defaults: {statistics.median(new) * 1000:.0f} ms")
    print(f"copier copy --defaults: {statistics.median(copy) * 1000:.0f} ms")
    print(f"ratio: {ratio:.2f} (limit {LIMIT})")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
