"""`check` in a project: which of its sweeps it checks, and what it says of one that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.cli._project import find_project
from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.generate.add import add_sweep
from wandb_flyte.generate.check.here import check_here

from .helpers import SECOND, wanted


@pytest.fixture
def project(work: Path, demo: Path) -> Path:
    """A project, and `second.yaml` beside it."""
    (work / "second.yaml").write_text(SECOND)
    return demo


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

    with pytest.raises(UserError, match=r"copier-answers\.yml` is no YAML") as caught:
        find_project(project)
    (found,) = check_here(project, None, None).findings
    assert (found.file, found.message[:11]) == (".copier-answers.yml", "It is no YA")
    for hint in (caught.value.hint, found.hint):
        assert "brings the committed one back" in hint


def test_check_of_a_project_without_its_sweep_config(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing is the file, not the project."""
    monkeypatch.chdir(project)
    (project / "sweep.yaml").unlink()

    for fix in (False, True):
        (found,) = check_here(project, None, None, fix=fix).findings
        assert (found.file, found.message) == ("sweep.yaml", "There is no such file.")


ANSWERS = Path(".copier-answers.yml")


def test_check_of_a_project_whose_answers_are_of_no_use(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is right as long as nothing says which code the sweep config is for."""
    monkeypatch.chdir(project)
    text = ANSWERS.read_text()
    assert check_here(project, None, None).read == (
        (Path("sweep.yaml"), Path("demo/objective.py")),
    )

    for broken, message in (
        ("{{{", "It is no YAML: "),
        (text.replace("package: demo", "package: other"), "The project's package is `other`, and"),
        (f"<<<<<<< HEAD\n{text}=======\n>>>>>>> aa\n", "It has conflict markers of a merge."),
        (b"\xff\xfe".decode("latin-1"), "It is no YAML: "),
    ):
        ANSWERS.write_bytes(broken.encode("latin-1"))
        result = check_here(project, None, None)
        (found,) = result.findings
        assert (found.file, found.severity, found.code) == (str(ANSWERS), "error", "WF406")
        assert found.message.startswith(message)
        assert result.read == ((Path("sweep.yaml"), None),)
    ANSWERS.unlink()
    (found,) = check_here(project, None, None).findings
    assert (found.file, found.severity) == (str(ANSWERS), "warning")
    assert check_here(project, None, "demo/objective.py:train").read[0][1] == Path(
        "demo/objective.py"
    )


def test_check_of_a_project_without_its_files(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a run imports is there and is Python; `params.py` is written again."""
    monkeypatch.chdir(project)
    Path("demo/settings.py").write_text("TRIALS = (\n")
    Path("demo/objective.py").unlink()
    Path("demo/params.py").unlink()

    found = {finding.file: finding for finding in check_here(project, None, None).findings}

    assert found["demo/settings.py"].line == 1
    assert found["demo/settings.py"].message == "Python can't read it: '(' was never closed."
    assert found["demo/objective.py"].message == "There is no such file."
    assert found["demo/params.py"].code == "WF401"
    fixed = check_here(project, None, None, fix=True).fixed
    assert fixed == ("demo/params.py: renewed from sweep.yaml",)
    assert "class Params" in Path("demo/params.py").read_text()


def test_check_of_a_merge_that_was_not_solved(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conflict markers in a file of the project are told with their line."""
    monkeypatch.chdir(project)
    toml = Path("pyproject.toml")
    toml.write_text(f"{toml.read_text()}<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n")
    line = toml.read_text().splitlines().index("<<<<<<< ours") + 1

    (found,) = check_here(project, None, None).findings

    assert (found.file, found.line, found.code) == ("pyproject.toml", line, "WF406")


OWN_AGENT = """\
import wandb


def train(lr=0.1, depth=1):
    run = wandb.init()
    run.log({"val/loss": lr * depth})
    return lr * depth


if __name__ == "__main__":
    wandb.agent("a/b/c", function=train)
"""


def test_what_the_objectives_own_agent_lacks(
    demo: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It calls without arguments and drops what is returned; a project's trials do neither."""
    for objective in ("train.py", "demo/demo/objective.py"):
        (work / objective).write_text(OWN_AGENT)

    found = check_here(work, Path("sweep.yaml"), "train.py:train").findings
    monkeypatch.chdir(demo)
    in_project = check_here(demo, None, None).findings

    assert {(one.code, one.severity) for one in found} == {
        *(("WF118", "warning"), ("WF302", "warning"))
    }
    assert {(one.code, one.severity) for one in in_project} == {("WF302", "note")}
