"""`wandb-flyte new` with one thing wrong: the whole message, and the folder as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import RunCli

pytestmark = pytest.mark.usefixtures("clean_environment")

OBJECTIVE = """\
import wandb


def objective(lr: float) -> float:
    return lr
"""

RANDOM = "method: random\nrun_cap: 4\nparameters:\n  lr: {min: 0.1, max: 1.0}\n"
NEW = ("new", "mine", "--objective", "train.py:objective", "--spec", "sweep.yaml")


def refused(run_cli: RunCli, folder: Path, *words: str) -> str:
    """What a refused command said, on stderr alone; the folder's listing has to stay the same."""
    before = listing(folder)
    done = run_cli(*words)
    assert (done.code, done.out) == (1, ""), done.err
    assert listing(folder) == before
    return done.err


def listing(folder: Path) -> dict[str, bytes | None]:
    """Every path below a folder with what is in it, the generator's cache in the home left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if "home" not in path.relative_to(folder).parts
    }


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with an objective and a sweep config that are both sound."""
    (tmp_path / "train.py").write_text(OBJECTIVE)
    (tmp_path / "sweep.yaml").write_text(RANDOM)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--objective", "gone.py:objective", "--spec", "sweep.yaml"),
            "gone.py: There is no such file. Give the objective as `FILE:NAME`.",
        ),
        (
            ("--objective", "train.py:objectiv", "--spec", "sweep.yaml"),
            "train.py: There is no function `objectiv`. Did you mean `train.py:objective`?",
        ),
        (
            ("--objective", "train.py:objective", "--spec", "gone.yaml"),
            "gone.yaml: There is no such file. Give the path of a W&B sweep config.  [WF001]",
        ),
    ],
)
def test_inputs_that_are_not_there(
    run_cli: RunCli, files: Path, words: tuple[str, ...], message: str
) -> None:
    """A file or function that does not exist is named, with how to give it."""
    assert refused(run_cli, files, "new", "mine", *words) == f"error: {message}\n"


def test_a_syntax_error_in_the_objective(run_cli: RunCli, files: Path) -> None:
    """An objective that Python can't read is told with its line."""
    (files / "train.py").write_text("import wandb\n\ndef objective(lr)\n    return lr\n")

    assert refused(run_cli, files, *NEW) == (
        "error: train.py:3: Python can't read it: expected ':'.\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "method: [random\n",
            "sweep.yaml:2: It is not valid YAML: while parsing a flow sequence, "
            "expected ',' or ']', but got '<stream end>'.  [WF001]",
        ),
        (
            "just text\n",
            "sweep.yaml: It holds a single value, not the keys of a sweep config. "
            "It starts with `method: random`, for example.  [WF001]",
        ),
        (
            "method: random\nrun_cap: 4\n",
            "sweep.yaml: `parameters` is missing. Name at least one hyperparameter. "
            "Write one such as `lr: {min: 0.001, max: 0.1}`.  [WF012]",
        ),
        (
            RANDOM.replace("random", "annealing"),
            "sweep.yaml:1: method: `annealing` is no search method. "
            "Write one of `grid`, `random`, `bayes`.  [WF006]",
        ),
        (
            RANDOM.replace("min: 0.1", "min: 2.0"),
            "sweep.yaml:4: parameters.lr: `min: 2.0` is not below `max: 1.0`. Swap them.  [WF014]",
        ),
        (
            RANDOM.replace("0.1", "1e-5"),
            "sweep.yaml:4: parameters.lr.min: `1e-5` is text to YAML, not a number. "
            "Write `1.0e-5`.  [WF013]",
        ),
        (
            RANDOM.replace("random", "bayes"),
            "sweep.yaml:1: method: `bayes` needs a `metric` to optimize. "
            "Write `metric: {name: loss, goal: minimize}` with the name that the objective logs."
            "  [WF008]",
        ),
        (
            RANDOM.replace("random", "grid"),
            "sweep.yaml:4: parameters.lr: A grid tries every value, and `uniform` has no end of "
            "them. List them with `values`, use `q_uniform` with a step `q`, or `method: random`."
            "  [WF016]",
        ),
        (
            RANDOM.replace("run_cap: 4\n", ""),
            "sweep.yaml:1: method: A `random` search has no end of its own. "
            "Give the number of trials with `--trials 20`, or write `run_cap: 20` here.",
        ),
    ],
)
def test_a_wrong_sweep_config(run_cli: RunCli, files: Path, text: str, message: str) -> None:
    """What is wrong with a sweep config is told with its line, its parameter and the remedy."""
    (files / "sweep.yaml").write_text(text)

    assert refused(run_cli, files, *NEW) == f"error: {message}\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("class", "is a Python keyword. Try `class-sweep`."),
        (
            "json",
            "would hide the module `json` of Python's standard library. Try `json-sweep`.",
        ),
        ("wandb", "would hide the installed package `wandb`. Try `wandb-sweep`."),
        (
            "my sweep",
            "can't be a Python package's. Use ASCII letters and digits with single `-` or `_` "
            "between them, letters first: `my-sweep`.",
        ),
    ],
)
def test_a_name_that_no_package_can_have(
    run_cli: RunCli, files: Path, name: str, message: str
) -> None:
    """A project's name has to be a package's, and one that hides nothing."""
    expected = f"error: The project name `{name}` {message}\n"
    assert refused(run_cli, files, "new", name, *NEW[2:]) == expected


def test_a_target_that_is_not_empty(run_cli: RunCli, files: Path) -> None:
    """A folder with something in it is left alone."""
    (files / "mine").mkdir()
    (files / "mine" / "notes.txt").write_text("mine")

    assert refused(run_cli, files, *NEW) == (
        "error: The folder `mine` is not empty. Choose another one.\n"
    )
