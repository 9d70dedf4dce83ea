"""A sweep that is added to a project and runs the program that the project has."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from wandb_flyte.generate.add import add_sweep
from wandb_flyte.generate.check.here import check_here
from wandb_flyte.generate.new import new_project

from .helpers import SECOND, refused, request, shared


@pytest.fixture
def program_project(work: Path) -> Path:
    """A project that runs the program of its sweep config, and no program beside it."""
    (work / "script.py").write_text(
        "import wandb\nrun = wandb.init()\nc = run.config\nrun.log({'loss': c.lr * c.depth})\n"
    )
    (work / "first.yaml").write_text(f"program: script.py\n{SECOND}")
    new_project(request(objective=None, spec=Path("first.yaml")))
    (work / "script.py").unlink()
    return work / "demo"


@pytest.mark.parametrize(
    ("name", "given"),
    [("script.py", None), ("program/script.py", None), ("other.py", "program/script.py")],
)
def test_a_sweep_over_the_project_s_own_program(
    program_project: Path, monkeypatch: pytest.MonkeyPatch, name: str, given: str | None
) -> None:
    """It is not copied: the sweep runs the one that the project has, edits and all."""
    project = program_project
    monkeypatch.chdir(project)
    Path("wide.yaml").write_text(f"program: {name}\n{SECOND}")
    program = Path(given) if given else None

    added = add_sweep(shared(project, "wide", spec=Path("wide.yaml"), program=program))

    home = project / "demo/sweeps/wide"
    assert not (home / "program").exists()
    assert added.left == ()
    assert yaml.safe_load((home / "sweep.yaml").read_text())["program"] == "script.py"
    objective = (home / "objective.py").read_text()
    assert "HERE = Path(__file__).resolve().parent\n" in objective
    assert 'run_program(HERE / "sweep.yaml", folder=HERE.parents[2] / "program")' in objective
    assert 'str(settings.ROOT / "program/")' in (home / "settings.py").read_text()
    assert 'extend-exclude = ["program"]' in (project / "pyproject.toml").read_text()
    assert check_here(project, None, None).findings == ()
    assert check_here(project, Path("wide"), None).read == (
        (Path("demo/sweeps/wide/sweep.yaml"), Path("program/script.py")),
    )


def test_a_sweep_config_that_is_not_there(
    program_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said of what would be in it."""
    monkeypatch.chdir(program_project)

    wish = shared(program_project, "wide", spec=Path("gone.yaml"))

    assert refused(program_project, wish) == (
        "gone.yaml: There is no such file. Give the path of a W&B sweep config."
    )


def test_a_sweep_config_that_names_no_program(
    program_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told which one the project has."""
    monkeypatch.chdir(program_project)
    (program_project.parent / "second.yaml").write_text(SECOND)
    wish = shared(program_project, spec=Path("../second.yaml"))

    assert "Name one there, as in `program: script.py`" in refused(program_project, wish)
