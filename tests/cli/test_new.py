"""`wandb-flyte new` as a process: what it makes, prints and refuses."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from .conftest import RunCli

pytestmark = pytest.mark.usefixtures("clean_environment")

OBJECTIVE = '''
"""Train."""

import wandb


def train(lr: float, layers: int = 1) -> float:
    """Train once."""
    return lr
'''
SWEEP = """
method: grid
metric: {name: loss, goal: minimize}
parameters:
  lr: {values: [0.1, 0.2]}
"""


def listing(folder: Path) -> list[str]:
    """Every path below a folder, but for the generator's own cache."""
    paths = (str(path.relative_to(folder)) for path in folder.rglob("*"))
    return sorted(path for path in paths if not path.startswith("home"))


def test_quickstart(run_cli: RunCli, tmp_path: Path) -> None:
    """Without a terminal nothing is asked: the quickstart is made, and the next commands shown."""
    done = run_cli("new", "my-project", "--trials", "4", "--agents", "3")

    root = tmp_path / "my-project"
    settings = (root / "my_project" / "settings.py").read_text()
    assert done.code == 0, done.err
    assert "from the quickstart starter" in done.out
    assert "A sweep has 4 trials, run by 3 agents.\n" in done.out
    assert done.out.endswith("\nNext:\n  cd my-project\n  wandb-flyte run\n")
    assert "TRIALS = 4\nAGENTS = 3\n" in settings


def test_starters_are_listed(run_cli: RunCli) -> None:
    """Each one's name, what it is, and what it installs; as JSON too."""
    listed = run_cli("starters")
    document = json.loads(run_cli("starters", "--json").out)["starters"]

    assert [starter["name"] for starter in document] == [
        *("pytorch", "quickstart", "scikit-learn", "script", "xgboost")
    ]
    for starter in document:
        assert starter["summary"] in listed.out
        assert ", ".join(starter["dependencies"]) in listed.out


def test_packages_that_are_not_here(run_cli: RunCli, tmp_path: Path) -> None:
    """What the objective imports and nobody has installed is a step before the first run."""
    (tmp_path / "train.py").write_text(
        OBJECTIVE.replace("import", "import not_here_yet\nimport", 1)
    )
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    words = ["--objective", "train.py:train", "--spec", "sweep.yaml", "--defaults"]

    done = run_cli("new", "needs", *words)

    assert done.out.endswith("\nNext:\n  cd needs\n  pip install not-here-yet\n  wandb-flyte run\n")


def test_a_kit_and_none(run_cli: RunCli, tmp_path: Path) -> None:
    """Both at once is wrong usage."""
    done = run_cli("new", "torn", "--kit", "gone", "--no-kit")

    assert done.code == 2
    assert "--kit and --no-kit exclude each other." in done.err
    assert not (tmp_path / "torn").exists()


def test_own_objective(run_cli: RunCli, tmp_path: Path) -> None:
    """`--objective` and `--spec` make a project from the user's own files, anywhere."""
    (tmp_path / "train.py").write_text(OBJECTIVE)
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    words = ["--objective", "train.py:train", "--spec", "sweep.yaml", "--backend", "local"]
    words += ["--entity", "team", "--project", "trials", "--output", "elsewhere", "--defaults"]
    done = run_cli("new", "mine", *words)

    root = tmp_path / "elsewhere"
    settings = (root / "mine" / "settings.py").read_text()
    assert done.code == 0, done.err
    assert (root / "mine" / "objective.py").read_text() == OBJECTIVE
    assert (root / "sweep.yaml").read_text() == SWEEP
    assert 'PROJECT = "trials"' in settings
    assert 'ENTITY: str | None = "team"' in settings
    assert '"local"' in settings
    assert "A sweep has 2 trials" in done.out


def test_all_findings_and_nothing_written(run_cli: RunCli, tmp_path: Path) -> None:
    """Everything that is wrong is said at once, each on a line, and no file is made."""
    (tmp_path / "train.py").write_text("def train(lr):\n    return lr\n")
    (tmp_path / "sweep.yaml").write_text("method: random\nparameters:\n  lr: {min: 2, max: 1}\n")
    before = listing(tmp_path)
    done = run_cli("new", "class", "--objective", "train.py:tran", "--spec", "sweep.yaml")

    lines = done.err.splitlines()
    assert done.code == 1
    assert done.out == ""
    assert len(lines) >= 3
    assert all(line.startswith("error: ") for line in lines)
    assert "`class`" in lines[0]
    assert any("`tran`" in line for line in lines)
    assert any("sweep.yaml:3" in line for line in lines)
    assert listing(tmp_path) == before


def test_findings_have_their_codes(run_cli: RunCli, tmp_path: Path) -> None:
    """A comment that silences a finding needs its code: `new` and `add sweep` print it."""
    (tmp_path / "train.py").write_text("def train(lr):\n    return {'acc': lr}\n")
    (tmp_path / "wrong.py").write_text("def train(rate):\n    ...\n")
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    warning = (
        "{}sweep.yaml:3: metric.name: The objective never logs or returns `loss`; it logs `acc`. "
        "Without it no trial is the best one.  [warning WF301]"
    )
    words = ("--objective", "train.py:train", "--spec", "sweep.yaml")
    assert warning.format("") in run_cli("new", "mine", *words).err.splitlines()

    more = ("--objective", "../train.py:train", "--spec", "../sweep.yaml")
    added = run_cli("add", "sweep", "second", *more, cwd=tmp_path / "mine")
    assert warning.format("../") in added.err.splitlines()

    refused = run_cli("new", "other", "--objective", "wrong.py:train", "--spec", "sweep.yaml")
    assert refused.err.splitlines()[0] == (
        "error: sweep.yaml:5: parameters.lr: `train` has no parameter `lr`. "
        "Add it to the function, or take it out of the sweep.  [WF103]"
    )


def test_objective_without_a_name(run_cli: RunCli, tmp_path: Path) -> None:
    """`--objective` without `:NAME` is refused with an example."""
    done = run_cli("new", "mine", "--objective", "train.py")

    assert done.code == 2
    assert done.err == (
        "error: Invalid value for '--objective': "
        "The objective `train.py` is not of the form `FILE:NAME`. "
        "Write it like `train.py:objective`.\nSee `wandb-flyte new --help`.\n"
    )
    assert listing(tmp_path) == []


def test_endless_search(run_cli: RunCli, tmp_path: Path) -> None:
    """A search without an end is refused with both remedies."""
    (tmp_path / "train.py").write_text(OBJECTIVE)
    endless = dedent(
        """\
        method: random
        metric: {name: loss, goal: minimize}
        parameters:
          lr: {min: 0.1, max: 0.2}
        """
    )
    (tmp_path / "sweep.yaml").write_text(endless)
    done = run_cli("new", "mine", "--objective", "train.py:train", "--spec", "sweep.yaml")

    assert done.code == 1
    assert done.err == (
        "error: sweep.yaml:1: method: A `random` search has no end of its own. "
        "Give the number of trials with `--trials 20`, or write `run_cap: 20` here.\n"
    )


def test_folder_not_empty(run_cli: RunCli, tmp_path: Path) -> None:
    """A folder with something in it is never written to."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    done = run_cli("new", "mine")

    assert done.code == 1
    assert done.err == "error: The folder `mine` is not empty. Choose another one.\n"
    assert listing(tmp_path) == ["mine", "mine/notes.txt"]


def test_inside_another_repository(run_cli: RunCli, tmp_path: Path) -> None:
    """In a folder of another git repository nothing is committed; Next has the command for it."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    done = run_cli("new", "inner")

    log = subprocess.run(["git", "log"], cwd=tmp_path, capture_output=True, text=True)
    assert done.code == 0, done.err
    assert f"`{tmp_path}` is a git repository already, so nothing was committed. GitHub" in done.out
    after = done.out.partition("\nNext:\n")[2].splitlines()
    assert after[:2] == ["  cd inner", after[1]]
    assert after[1].startswith("  git add . && git commit -m ")
    assert after[2:] == ["  wandb-flyte run"]
    assert log.returncode != 0
    assert not (tmp_path / "inner" / ".git").exists()
