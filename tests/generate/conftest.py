"""A home of the test's own, inputs to make projects from, and projects that were made."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from wandb_flyte.generate.new import new_project

from .helpers import request
from .saboteur import Saboteur
from .updates import LINES, Workshop

OBJECTIVE = """\
import wandb


def train(config):
    wandb.log({"loss": config["lr"] * config["depth"]})
"""
SWEEP = """\
method: random
metric: {name: loss, goal: minimize}
run_cap: 4
parameters:
  lr: {min: 0.1, max: 1.0}
  depth: {values: [1, 2, 3]}
"""


@pytest.fixture(autouse=True)
def home(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and a git that knows who commits."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    commit_as_ada(monkeypatch)
    return empty_home


def commit_as_ada(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git knows who commits."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder is one of the test's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with `train.py` and `sweep.yaml` in it."""
    folder = tmp_path / "work"
    write_inputs(folder)
    monkeypatch.chdir(folder)
    return folder


def write_inputs(folder: Path) -> None:
    """Writes `train.py` and `sweep.yaml` into a folder that is made."""
    folder.mkdir()
    (folder / "train.py").write_text(OBJECTIVE)
    (folder / "sweep.yaml").write_text(SWEEP)


@pytest.fixture(scope="session")
def made_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project that `request()` makes of `train.py` and `sweep.yaml`, made once: to copy."""
    folder = tmp_path_factory.mktemp("made") / "work"
    write_inputs(folder)
    with pytest.MonkeyPatch.context() as patch:
        commit_as_ada(patch)
        patch.setenv("HOME", str(folder.parent))
        patch.setenv("WANDB_FLYTE_HOME", str(folder.parent / ".wandb-flyte"))
        patch.chdir(folder)
        return new_project(request()).path.resolve()


@pytest.fixture
def demo(work: Path, made_project: Path) -> Path:
    """A project of the test's own, made of the two files beside it."""
    return Path(shutil.copytree(made_project, work / "demo", symlinks=True))


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a dedented file into a folder of the test's."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(dedent(text))
        return path

    return write_file


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A template with one release, which `second_release` follows."""
    shop = Workshop(tmp_path)
    shop.release("0.1.0", {"a.txt": LINES, "b.txt": "b\n", "gone.txt": "gone\n", "mine.txt": "1\n"})
    return shop


@pytest.fixture(scope="module")
def saboteur() -> Iterator[Saboteur]:
    """The one saboteur of this process, disarmed afterwards."""
    one = Saboteur()
    yield one
    one.act = None
