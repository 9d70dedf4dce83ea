"""What `wandb-flyte run` refuses before anything starts, and how it says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from wandb_flyte.runtime.backend import local_server

from .conftest import RunCli

pytestmark = pytest.mark.usefixtures("clean_environment")


def test_faults_of_the_project_come_before_anything_starts(run_cli: RunCli, project: Path) -> None:
    """A wrong sweep config and a missing import are said at once, with their file and line."""
    sweep = project / "sweep.yaml"
    sweep.write_text(sweep.read_text().replace("min: 0.1", "min: 1.1"))
    (project / "small" / "objective.py").write_text('"""Train."""\n\nimport numpi.linalg\n')
    done = run_cli("run", cwd=project / "small")

    assert done.code == 1
    assert done.out == ""
    first, second, third = done.err.splitlines()
    assert first.startswith(f"error: {sweep}:5: parameters.lr")
    assert second == (
        "error: objective.py:3: `numpi` is not installed. "
        "Install the package that it comes from, and name it in pyproject.toml."
    )
    assert third == (
        "error: objective.py: There is no function `objective`, and small/workflow.py:13 needs it. "
        "Name it `objective` again."
    )
    assert local_server.find() is None


@pytest.mark.parametrize(
    ("dependencies", "hint"),
    [
        (["numpy", "Numpi-Core>=2,<3"], "Install the package that it comes from, and name it"),
        (["numpi>=2.6", "numpy"], "Install what pyproject.toml names: `pip install 'numpi>=2.6'`."),
    ],
)
def test_a_library_that_is_not_installed(
    run_cli: RunCli, project: Path, dependencies: list[str], hint: str
) -> None:
    """What pyproject.toml names already has only to be installed, by this command."""
    with (project / "pyproject.toml").open("a") as file:
        file.write(f"dependencies = {json.dumps(dependencies)}\n")
    (project / "small" / "objective.py").write_text("import numpi.linalg\n")
    done = run_cli("run", cwd=project)

    assert (done.code, done.out) == (1, "")
    assert f"error: small/objective.py:1: `numpi` is not installed. {hint}" in done.err


def test_syntax_error(run_cli: RunCli, project: Path) -> None:
    """An objective that is no Python is an error with its file and line."""
    (project / "small" / "objective.py").write_text("x = 1\ndef objective(:\n")
    done = run_cli("run", cwd=project)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: small/objective.py:2: Python can't read it: ")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("y = x / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(5)", "SystemExit: 5"),
    ],
)
def test_broken_objective(run_cli: RunCli, project: Path, line: str, reason: str) -> None:
    """An objective that fails while it is imported fails run and trial with its file and line."""
    text = f"x = 1\n{line}\n{(project / 'small' / 'objective.py').read_text()}"
    (project / "small" / "objective.py").write_text(text)
    done = run_cli("run", cwd=project)
    trial = run_cli("trial", cwd=project)

    file = project / "small" / "objective.py"
    why = f"`small.workflow` can't be imported: {reason}"
    assert done.code == 1
    assert (trial.code, trial.err) == (
        1,
        f"error: `small.objective` can't be imported. small/objective.py:2: {reason}\n",
    )
    assert f"reason: {why} ({file}:2)\n" in done.out
    assert "Traceback" not in done.out + done.err


def test_objective_that_parses_its_command_line_while_imported(
    run_cli: RunCli, project: Path
) -> None:
    """It finds no arguments of ours, as under `python -m PACKAGE`."""
    (project / "small" / "objective.py").write_text(
        "import argparse\n\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--scale', type=float, default=2.0)\nargs = parser.parse_args()\n\n\n"
        "def objective(lr, layers, seconds=0, fail_above=0):\n    return lr * args.scale\n"
    )
    done = run_cli("run", "--trials", "1", cwd=project)

    assert done.code == 0, done.out + done.err
    assert "1 of 1 trials finished" in done.out


def test_not_in_a_project(run_cli: RunCli, tmp_path: Path) -> None:
    """Outside of a project the error says how to make one."""
    done = run_cli("run")

    assert done.code == 1
    assert done.err == (
        f"error: `{tmp_path}` is not in a project.\n"
        "Make one with `wandb-flyte new NAME`, then run this inside its folder.\n"
    )


def test_unknown_sweep(run_cli: RunCli, project: Path) -> None:
    """A sweep that is not there is an error before anything starts."""
    done = run_cli("run", "--sweep", "nosuch", "--trials", "+1", cwd=project)

    assert done.code == 1
    assert done.err == (
        "error: There is no sweep `local/small/nosuch`.\nIts page shows its id and its project.\n"
    )
    assert done.out == ""


def test_invalid_escapes_are_not_our_output(run_cli: RunCli, project: Path) -> None:
    """What Python warns of in an objective's text is not said by `run`, which only reads it."""
    objective = project / "small" / "objective.py"
    objective.write_text(objective.read_text() + 'PATTERN = "\\d"\nimport not_there_at_all\n')
    done = run_cli("run", cwd=project)

    assert (done.code, done.out) == (1, "")
    assert "`not_there_at_all` is not installed." in done.err
    assert "SyntaxWarning" not in done.err
    assert "DeprecationWarning" not in done.err


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "settings.py",
            "TRIALS = 3",
            "TRIALS = 0",
            "settings.py:5: `TRIALS` is `0`: a sweep needs at least one trial. "
            "Give the number of trials.",
        ),
        (
            "settings.py",
            "AGENTS = 1",
            "AGENTS = None",
            "settings.py:6: `AGENTS` is no whole number, `None`. Write `AGENTS = 1`.",
        ),
        (
            "settings.py",
            "TRIALS = 3",
            "",
            "settings.py: `TRIALS` is missing, and small/workflow.py:31 reads it. "
            "Write `TRIALS = …`.",
        ),
        (
            "settings.py",
            'PROJECT = "small"',
            'PROJECT = "a/b"',
            "settings.py:2: `PROJECT` is `a/b`: W&B takes no `/` in a project's name. "
            "Use letters, digits, `-` and `_`.",
        ),
        (
            "objective.py",
            "def objective(",
            "def train(",
            "objective.py: There is no function `objective`, and small/workflow.py:13 needs it. "
            "Name it `objective` again.",
        ),
    ],
)
def test_files_that_do_not_go_together(
    run_cli: RunCli, project: Path, file: str, old: str, new: str, message: str
) -> None:
    """What Flyte would stop at while it imports the workflow is told before anything starts."""
    place = project / "small" / file
    place.write_text(place.read_text().replace(old, new))
    done = run_cli("run", cwd=project)

    assert (done.code, done.out) == (1, "")
    assert done.err == f"error: small/{message}\n"
    assert local_server.find() is None


def test_wandb_told_to_stay_offline(run_cli: RunCli, project: Path) -> None:
    """WANDB_MODE that no sweep can have is told before anything starts."""
    done = run_cli("run", cwd=project, env={"WANDB_MODE": "offline"})

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "error: WANDB_MODE is `offline`, and a sweep's trials have to reach its backend.\n"
        "Unset it: the local backend needs no account and keeps to this machine.\n"
    )


def test_a_gpu_that_flyte_does_not_know(run_cli: RunCli, project: Path) -> None:
    """Of Flyte's list of all GPUs the message has the beginning and the end."""
    settings = project / "small" / "settings.py"
    settings.write_text(settings.read_text() + 'import flyte\nflyte.Resources(gpu="a100:1")\n')
    done = run_cli("run", cwd=project)

    assert done.code == 1
    assert "small/settings.py:" in done.err
    assert "a100:1" in done.err
    assert len(done.err) < 500


def test_all_that_is_wrong_with_a_project_comes_at_once(run_cli: RunCli, project: Path) -> None:
    """The sweep config, the objective's imports, the settings and the workflow, in one go."""
    sweep, package = project / "sweep.yaml", project / "small"
    sweep.write_text(sweep.read_text().replace("max: 0.9", "max: 0.05"))
    objective = package / "objective.py"
    text = objective.read_text().replace("def objective(", "def train(")
    objective.write_text("import not_there_at_all\n" + text)
    settings = package / "settings.py"
    settings.write_text(settings.read_text().replace("TRIALS = 3", "TRIALS = 0"))
    done = run_cli("run", cwd=project)

    assert (done.code, done.out) == (1, "")
    places = [line.removeprefix("error: ").partition(": ")[0] for line in done.err.splitlines()]
    assert places == [
        "sweep.yaml:5",
        "small/objective.py:1",
        "small/settings.py:5",
        "small/objective.py",
    ]


def test_settings_that_can_not_be_read_beside_what_else_is_wrong(
    run_cli: RunCli, project: Path
) -> None:
    """Both are told, by `run`, by `run --remote` and by `plan`."""
    settings = project / "small" / "settings.py"
    settings.write_text(settings.read_text() + "MORE = nothing\n")
    objective = project / "small" / "objective.py"
    objective.write_text("import not_there_at_all\n" + objective.read_text())

    for words in (["run"], ["run", "--remote"], ["plan"]):
        done = run_cli(*words, cwd=project)
        assert (done.code, done.out) == (1, "")
        assert "small/objective.py:1: `not_there_at_all` is not installed." in done.err
        assert "small/settings.py:9: NameError: name 'nothing' is not defined" in done.err


def test_what_settings_ask_of_a_team_before_they_take_it(run_cli: RunCli, project: Path) -> None:
    """Settings that can be imported are as they should be."""
    (project / "small" / "team.py").write_text("")
    settings = project / "small" / "settings.py"
    region = 'REGION = team.REGION if hasattr(team, "REGION") else None\n'
    settings.write_text("from small import team\n" + settings.read_text() + region)

    assert run_cli("plan", "--trial-time", "1s", cwd=project).code == 0


def test_a_profile_that_the_kits_do_not_have(run_cli: RunCli, project: Path) -> None:
    """Each place of settings.py that takes from team.py what is not there, with its line."""
    (project / "small" / "team.py").write_text('PROFILES = {"small": 1, "large": 2}\n')
    settings = project / "small" / "settings.py"
    settings.write_text(
        "from small import team\n"
        + settings.read_text()
        + 'AGENT_RESOURCES = team.PROFILES["huge"]\nREGION = team.REGION\n'
    )

    for command in ("run", "plan"):
        done = run_cli(command, cwd=project)
        assert (done.code, done.out) == (1, "")
        assert done.err == (
            "error: small/settings.py:10: `PROFILES` in small/team.py has no `huge`. "
            "There is `small`, `large`.\n"
            "error: small/settings.py:11: small/team.py has no `REGION`.\n"
        )
