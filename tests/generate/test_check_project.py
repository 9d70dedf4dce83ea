"""`check` in a project: which of its sweeps it checks, and what it says of one that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.cli._project import find_project
from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.generate.add import add_sweep
from wandb_flyte.generate.check.here import check_here
from wandb_flyte.generate.new import new_project

from .helpers import SECOND, request, wanted


@pytest.fixture
def project(work: Path) -> Path:
    """A project, and `second.yaml` beside it."""
    (work / "second.yaml").write_text(SECOND)
    new_project(request())
    return work / "demo"


def test_check_knows_every_sweep(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone it checks them all, with their own objectives; a name or a file picks one."""
    add_sweep(wanted(project))
    monkeypatch.chdir(project)
    home = project / "demo/sweeps/second"
    (home / "sweep.yaml").write_text(SECOND.replace("lr:", "lrr:"))

    found = check_here(project, None, None).findings

    assert {finding.file for finding in found} == {
        "demo/sweeps/second/sweep.yaml",
        "demo/sweeps/second/objective.py",
        "demo/sweeps/second/params.py",
    }
    assert check_here(project, Path("second"), None).findings == found
    assert check_here(project, Path("demo/sweeps/second/sweep.yaml"), None).findings == found
    assert check_here(project, Path("sweep.yaml"), None).findings == ()
    fixed = check_here(project, None, None, fix=True).fixed
    assert "demo/sweeps/second/params.py: renewed from demo/sweeps/second/sweep.yaml" in fixed


def test_check_of_a_sweep_that_is_not_there(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that is no sweep of the project is told with those that are; a file is a file."""
    add_sweep(wanted(project))
    monkeypatch.chdir(project)

    with pytest.raises(InvalidInput) as raised:
        check_here(project, Path("nosuch"), None)
    (found,) = raised.value.findings
    assert found.message == "This project has no sweep `nosuch`."
    assert "it has `second`" in found.hint
    (missing,) = check_here(project, Path("gone.yaml"), None).findings
    assert missing.message == "There is no such file."


@pytest.mark.parametrize("content", [b"package: caf\xe9\n", b"[", b"a: " + b"[" * 5000])
def test_check_of_a_project_whose_answers_can_t_be_read(
    project: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    """It is not said that nothing is wrong, and the other commands say the same."""
    monkeypatch.chdir(project)
    (project / ".copier-answers.yml").write_bytes(content)

    for look in (lambda: check_here(project, None, None), lambda: find_project(project)):
        with pytest.raises(UserError, match=r"copier-answers\.yml` is no YAML") as caught:
            look()
        assert "brings the committed one back" in caught.value.hint


def test_check_of_a_project_without_its_sweep_config(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing is the file, not the project."""
    monkeypatch.chdir(project)
    (project / "sweep.yaml").unlink()

    for fix in (False, True):
        (found,) = check_here(project, None, None, fix=fix).findings
        assert (found.file, found.message) == ("sweep.yaml", "There is no such file.")
