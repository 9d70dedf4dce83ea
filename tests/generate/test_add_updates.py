"""Added sweeps when the template or a kit goes on, and when adding one is stopped half-way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.generate.add import add_sweep
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.template import append_release, install_template, templates_folder
from wandb_flyte.generate.updates.apply import FOLDER, locked
from wandb_flyte.generate.updates.drift import find_drift
from wandb_flyte.generate.updates.update import plan_update, update_project

from .helpers import request, tree
from .kits.workshop import KitRepository, update
from .saboteur import Saboteur
from .updates import save

SETTINGS = Path("demo/sweeps/second/settings.py")
WORKFLOW = Path("demo/sweeps/second/workflow.py")
KIT = """\
    name = "team"
    summary = "Ours"
    [profiles.{profile}]
    cpu = 1
"""


@pytest.fixture
def project(demo: Path) -> Path:
    """A project with a sweep of the user's own beside its first one, edited and committed."""
    add_sweep(second(demo))
    edit(demo)
    return demo


def second(project: Path, name: str = "second") -> NewProject:
    """A request for a sweep like the first one."""
    return request(name, into=project)


def edit(project: Path) -> None:
    """The user tunes the sweep, and changes its tasks."""
    (project / SETTINGS).write_text("TRIALS = 99\n")
    workflow = project / WORKFLOW
    workflow.write_text(workflow.read_text() + "\n\nMINE = 1\n")
    save(project)


def news(folder: Path) -> Path:
    """A release that changes what every sweep's workflow.py and settings.py are made from."""
    templates = folder / "templates"
    shutil.copytree(templates_folder(), templates)
    (templates / "project.bundle").unlink(missing_ok=True)
    parts = templates / "project" / "_parts"
    for part in parts.glob("workflow*"):
        part.write_text(part.read_text().replace("The sweep as Flyte tasks", "New words"))
    for settings in (templates / "project").rglob("settings.py.jinja"):
        settings.write_text("# New.\n" + settings.read_text())
    append_release("90.0.0", templates)
    return templates


def test_an_update_reaches_it_and_keeps_its_edits(project: Path, tmp_path: Path) -> None:
    """Its workflow.py is merged, its settings are the user's, and a preview says so."""
    templates = news(tmp_path)

    kinds = {change.path: change.kind for change in plan_update(project, None, templates).changes}
    update_project(project, templates=templates)

    assert kinds[str(WORKFLOW)] == "merged"
    assert kinds[str(SETTINGS)] == "yours"
    text = (project / WORKFLOW).read_text()
    assert text.startswith('"""New words: ')
    assert text.endswith("MINE = 1\n")
    assert (project / SETTINGS).read_text() == "TRIALS = 99\n"
    assert {drift.path for drift in find_drift(project, templates).files if not drift.yours} == {
        str(WORKFLOW)
    }


@pytest.mark.long
def test_plain_copier_updates_it(project: Path, tmp_path: Path) -> None:
    """So does `copier update`, which knows nothing of wandb-flyte."""
    install_template(news(tmp_path))
    copier = str(Path(sys.executable).with_name("copier"))

    subprocess.run([copier, "update", "--defaults", "--quiet"], cwd=project, check=True)

    text = (project / WORKFLOW).read_text()
    assert text.startswith('"""New words: ')
    assert text.endswith("MINE = 1\n")
    assert (project / SETTINGS).read_text() == "TRIALS = 99\n"
    answers = (project / ".copier-answers.yml").read_text()
    assert "_commit: v90.0.0\n" in answers
    assert "name: second\n" in answers


def test_a_template_that_knows_one_sweep(demo: Path, tmp_path: Path) -> None:
    """A project of an older version is updated first, and stays as it is until then."""
    older = tmp_path / "older"
    shutil.copytree(templates_folder(), older)
    (older / "project.bundle").unlink(missing_ok=True)
    questions = older / "project" / "copier.yml"
    head, _, rest = questions.read_text().partition("\nsweeps:\n")
    questions.write_text(f"{head}\n_unused:\n{rest}")
    append_release("0.0.1", older)
    answers = demo / ".copier-answers.yml"
    install_template(older)
    lines = answers.read_text().splitlines(keepends=True)
    answers.write_text("".join("_commit: v0.0.1\n" if "_commit" in x else x for x in lines))
    save(demo)
    before = tree(demo)

    with pytest.raises(UserError) as caught:
        add_sweep(second(demo), older)

    assert caught.value.message == "This project has template v0.0.1, which knows one sweep."
    assert "`wandb-flyte update`" in caught.value.hint
    assert tree(demo) == before


@pytest.mark.long
def test_kits_go_on(work: Path, tmp_path: Path) -> None:
    """A kit's update leaves the sweep, and says which profile its settings have no more."""
    kit = KitRepository(tmp_path / "kit")
    kit.release("1.0.0", {"kit.toml": KIT.format(profile="small"), "files/A.md": "1\n"})
    project = kit.project(trials=1)
    add_sweep(second(project))
    edit(project)
    kit.release("1.1.0", {"kit.toml": KIT.format(profile="large"), "files/A.md": "2\n"})

    updated = update(project)

    assert (project / "A.md").read_text() == "2\n"
    assert (project / SETTINGS).read_text() == "TRIALS = 99\n"
    assert (project / WORKFLOW).read_text().endswith("MINE = 1\n")
    gone = [note for note in updated.plan.notes if "no profile `small` any more" in note]
    assert any("`demo/sweeps/second/settings.py` began" in note for note in gone)
    add_sweep(second(project, "third"))
    assert 'PROFILES["large"]' in (project / "demo/sweeps/third/settings.py").read_text()


def interrupt() -> None:
    """What Ctrl-C and SIGTERM do."""
    raise KeyboardInterrupt


def fail() -> None:
    """What a full disk does."""
    raise OSError(28, "No space left on device")


def kill() -> None:
    """What SIGKILL does."""
    os._exit(9)


STEP = int(os.environ.get("STOPS", "13"))  # Every write would take minutes: `STOPS=1` tries all.


# What is raised is cleaned up after in one way: of a few writes, the two take turns.
TURNS = 1 if STEP == 1 else 2


@pytest.mark.long
@pytest.mark.parametrize(
    ("act", "writes"),
    [
        (interrupt, range(0, 500, TURNS * STEP)),
        (fail, range((TURNS - 1) * STEP, 500, TURNS * STEP)),
        (kill, range(0, 500, STEP)),
    ],
    ids=["interrupt", "fail", "kill"],
)
def test_at_any_write(
    work: Path,
    demo: Path,
    saboteur: Saboteur,
    act: Callable[[], None],
    writes: Iterable[int],
) -> None:
    """Stopped at the n-th write, the sweep is there as a whole or nothing of it is."""
    pristine = tree(demo)
    shutil.copytree(demo, work / "whole")
    add_sweep(second(work / "whole"))
    whole = tree(work / "whole")
    outcomes = []
    for number in writes:
        project = work / f"demo{number}"
        shutil.copytree(demo, project)
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
            saboteur.arm(project, number, act)
            try:
                add_sweep(second(project))
            except BaseException:  # Whatever it is: what is left behind counts.
                os._exit(1)
            os._exit(0 if saboteur.act is None else 2)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with locked(project):  # What a killed one left is undone by whoever comes next.
            assert tree(project) in (pristine, whole), number
        assert not (project / FOLDER).exists()
        outcomes.append(code)
        if code == 2:
            break
    assert outcomes[0] in (1, 9)
    assert outcomes[-1] == 2
