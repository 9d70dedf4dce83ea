"""`wandb-flyte add sweep`, and the commands that take the name of a sweep."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Done, RunCli
from .terminal import Terminal

OBJECTIVE = """
def train(lr: float) -> float:
    return {value}
"""
SWEEP = """
method: grid
metric: {name: loss, goal: minimize}
parameters:
  lr: {values: [0.5, 0.25]}
"""


@pytest.fixture
def project(run_cli: RunCli, tmp_path: Path) -> Path:
    """A project whose loss is the learning rate, and beside it what a second sweep is made of."""
    (tmp_path / "train.py").write_text(OBJECTIVE.format(value="lr"))
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    words = ["--objective", "train.py:train", "--spec", "sweep.yaml", "--backend", "local"]
    assert run_cli("new", "demo", *words).code == 0
    (tmp_path / "train.py").write_text(OBJECTIVE.format(value="10 * lr"))
    return tmp_path / "demo"


def add(run_cli: RunCli, project: Path, *words: str) -> Done:
    """Runs `add sweep` for the second objective."""
    given = ["--objective", "../train.py:train", "--spec", "../sweep.yaml"]
    return run_cli("add", "sweep", "second", *given, *words, cwd=project)


def test_packages_that_are_not_here(run_cli: RunCli, project: Path) -> None:
    """What the new objective imports and nobody has installed is a step before its first run."""
    train = project.parent / "train.py"
    train.write_text(f"import not_here_yet\n{train.read_text()}")

    done = add(run_cli, project)

    assert "\nNext:\n  pip install not-here-yet\n  wandb-flyte run second\n" in done.out


def test_both_sweeps_run(run_cli: RunCli, project: Path) -> None:
    """Each by its name, with its own objective, in its own W&B project; the first without one."""
    added = add(run_cli, project)
    second = run_cli("run", "SECOND", cwd=project / "demo")
    first = run_cli("run", "--json", cwd=project)
    best = [
        json.loads(run_cli("best", *name, "--json", cwd=project).out) for name in ([], ["second"])
    ]
    trial = run_cli("trial", "second", "lr=3", cwd=project)
    plan = run_cli("plan", "second", cwd=project)

    assert added.code == 0, added.err
    assert "  new        demo/sweeps/second/workflow.py\n" in added.out
    assert "  updated    pyproject.toml\n" in added.out
    assert added.out.endswith(
        "\nNext:\n  wandb-flyte run second\n  git add --all . && git commit -m 'Add the sweep "
        "second'\n"
    )
    assert second.code == 0, second.err
    assert "best trial" in second.out
    assert ": loss = 2.5\n" in second.out
    assert json.loads(first.out)["sweep"]["path"].startswith("local/demo/")
    assert [found["metric"]["value"] for found in best] == [0.25, 2.5]
    assert best[1]["sweep"].startswith("local/demo-second/")
    assert "loss = 30\n" in trial.out
    assert "2 trials of sweep `local/demo-second/" in plan.out


def test_an_unknown_name(run_cli: RunCli, project: Path) -> None:
    """Every command names the sweeps that there are."""
    message = (
        "error: This project has no sweep `secnd`. Beside the first one, which needs no name, it "
        "has `second`.\n"
    )
    assert add(run_cli, project).code == 0

    for command in ("run", "best", "plan", "trial"):
        assert run_cli(command, "secnd", cwd=project).err == message


def test_a_project_with_one_sweep(run_cli: RunCli, project: Path) -> None:
    """A name is told where it would come from; a trial's words mean what they meant."""
    done = run_cli("run", "second", cwd=project)
    trial = run_cli("trial", "second", cwd=project)

    assert done.err == (
        "error: This project has no sweep `second`. `wandb-flyte add sweep second` adds one.\n"
    )
    assert trial.err.startswith("error: `second` is no NAME=VALUE.")


def test_as_json(run_cli: RunCli, project: Path) -> None:
    """One document names the sweep's folder and what happened to each file."""
    done = add(run_cli, project, "--json")

    document = json.loads(done.out)
    assert document["folder"] == "demo/sweeps/second"
    assert document["objective"] == "demo/sweeps/second/objective.py"
    assert {"path": "README.md", "kind": "updated"} in document["files"]


def test_outside_of_a_project(run_cli: RunCli, tmp_path: Path) -> None:
    """There is a sentence, and no file."""
    done = run_cli("add", "sweep", "second", "--starter", "quickstart")

    assert done.code == 1
    assert done.err.startswith(f"error: `{tmp_path}` is not in a project: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


@pytest.mark.long
def test_doctor_knows_it(run_cli: RunCli, project: Path) -> None:
    """It names the project's sweeps, and one whose files are gone."""
    assert add(run_cli, project).code == 0
    whole = run_cli("doctor", cwd=project)
    (project / "demo/sweeps/second/sweep.yaml").unlink()
    gone = run_cli("doctor", cwd=project)

    assert "with the sweep second\n" in whole.out
    assert f"not there: {project}/demo/sweeps/second/sweep.yaml\n" in gone.out
    assert gone.code == 1


def test_it_asks(run_cli: RunCli, project: Path) -> None:
    """At a terminal what is not given is asked for; Enter takes the project's own objective."""
    with Terminal("add", "sweep", "second", cwd=project) as terminal:
        for question, answer in (
            ("Objective, FILE:NAME (empty: the project's own)", ""),
            ("Sweep config", "gone.yaml"),
            ("There is no such file", ""),
            ("Sweep config", "../sweep.yaml"),
            ("Trials [2]", ""),
            ("Agents [2]", ""),
            ("W&B project [demo-second]", "elsewhere"),
            ("W&B entity", ""),
        ):
            terminal.until(question)
            if not question.startswith("There"):
                terminal.type(f"{answer}\n")
        code = terminal.end()

    assert code == 0, terminal.text
    home = project / "demo" / "sweeps" / "second"
    assert 'PROJECT = "elsewhere"\n' in (home / "settings.py").read_text()
    assert not (home / "objective.py").exists()
