"""Updates of projects wherever they lie, and between whichever versions there are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from wandb_flyte._version import __version__
from wandb_flyte.errors import UserError
from wandb_flyte.generate.answers import read_answers
from wandb_flyte.generate.template import install_template
from wandb_flyte.generate.updates import update as update_module

from .helpers import git, tree
from .updates import LINES, Workshop, kinds, save, second_release


def test_one_version_at_a_time(workshop: Workshop) -> None:
    """`to` stops at a release in between."""
    project = workshop.make()
    second_release(workshop)
    workshop.release("0.3.0", {"b.txt": "three\n"})

    plan = workshop.update(project, "0.2.0").plan

    assert plan.to_version == "v0.2.0"
    assert (project / "b.txt").read_text() == "b\n"
    assert read_answers(project).commit == "v0.2.0"


def test_uncommitted_changes_are_refused(workshop: Workshop) -> None:
    """The message names the files and the commands that mend it."""
    project = workshop.make()
    (project / "a.txt").write_text("draft\n")
    second_release(workshop)

    with pytest.raises(UserError) as caught:
        workshop.update(project)

    assert caught.value.message == "There are changes that are not committed: `a.txt`."
    assert f"`git -C {project} stash --include-untracked`" in caught.value.hint
    assert (project / "a.txt").read_text() == "draft\n"


def test_files_that_git_does_not_know_stay(workshop: Workshop) -> None:
    """What a run left behind is in nobody's way, and is as it was."""
    project = workshop.make()
    (project / "outputs").mkdir()
    (project / "outputs" / "log.txt").write_text("a run\n")
    second_release(workshop)

    workshop.update(project)

    assert (project / "new.txt").read_text() == "new\n"
    assert (project / "outputs" / "log.txt").read_text() == "a run\n"


def test_a_file_that_git_does_not_know_is_not_overwritten(workshop: Workshop) -> None:
    """Where the template has a new file of that name, it has to be committed first."""
    project = workshop.make()
    (project / "new.txt").write_text("mine\n")
    second_release(workshop)
    before = tree(project)

    with pytest.raises(UserError) as caught:
        workshop.update(project)

    assert caught.value.message == "There are changes that are not committed: `new.txt`."
    assert tree(project) == before


def test_a_project_without_history_gets_one(workshop: Workshop) -> None:
    """What was there before the update is committed first, and that is said."""
    project = workshop.make(commit=False)
    second_release(workshop)

    updated = workshop.update(project)

    assert updated.history == (
        f"`{project}` had no git history: it was committed as it is, as `Before the update`."
    )
    assert git("log", "--format=%s", cwd=project) == "Before the update"
    assert git("show", "HEAD:a.txt", cwd=project) == LINES.strip()


def test_a_project_inside_a_larger_repository(workshop: Workshop, tmp_path: Path) -> None:
    """Its own folder alone is looked at and written; its conflicts are marked there too."""
    outer = tmp_path / "outer"
    project = outer / "tools" / "sweep"
    project.parent.mkdir(parents=True)
    shutil.move(workshop.make(commit=False), project)
    git("init", "--quiet", cwd=outer)
    (outer / "a.txt").write_text("not the project's\n")
    (project / "a.txt").write_text(LINES.replace("line 2\n", "my line\n"))
    save(outer)
    (outer / "draft.txt").write_text("a draft elsewhere\n")
    second_release(workshop)

    workshop.update(project)

    assert (outer / "a.txt").read_text() == "not the project's\n"
    assert (project / "new.txt").read_text() == "new\n"
    assert "UU tools/sweep/a.txt" in git("status", "--porcelain", cwd=outer)


def test_a_clone_on_another_machine(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home that never saw the template updates from the installed package alone."""
    project = workshop.make()
    second_release(workshop)
    clone = tmp_path / "elsewhere" / "renamed"
    git("clone", "--quiet", str(project), str(clone), cwd=tmp_path)
    shutil.rmtree(project)
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "other"))

    workshop.update(clone)

    assert (clone / "new.txt").read_text() == "new\n"


def test_a_newer_project_is_refused(workshop: Workshop) -> None:
    """An older installation says so, whether or not it has heard of the newer version."""
    older = workshop.older()
    second_release(workshop)
    project = workshop.make()

    with pytest.raises(UserError) as caught:
        update_module.update_project(project, None, older)

    assert caught.value.message == ("This project has template v0.2.0, which is newer than v0.1.0.")


def test_an_unknown_version_is_refused(workshop: Workshop, home: Path) -> None:
    """A project of a version that is nowhere to be found says what to do."""
    older = workshop.older()
    second_release(workshop)
    project = workshop.make()
    (home / ".wandb-flyte" / "template.bundle").unlink()

    with pytest.raises(UserError) as caught:
        update_module.update_project(project, None, older)

    assert caught.value.message == (
        f"This project has template `v0.2.0`, which wandb-flyte {__version__} does not know: a "
        "newer one made it, or a checkout on another machine."
    )


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("0.9.0", "There is no version `0.9.0` of the template."),
        ("0.2.0", f"`0.2.0` is newer than the installed wandb-flyte {__version__}."),
    ],
)
def test_a_version_that_can_not_be_had(workshop: Workshop, to: str, message: str) -> None:
    """`to` names a version that there is, up to the installed one."""
    project = workshop.make()
    older = workshop.older()
    second_release(workshop)
    install_template(workshop.templates)

    with pytest.raises(UserError) as caught:
        update_module.update_project(project, to, older)

    assert caught.value.message == message


def test_unreleased_work_goes_along_in_the_wheel(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project from a checkout updates on another machine: its wheel has the template it needs."""
    import zipfile

    workshop.change({"a.txt": "unreleased\n"})
    workshop.answers["wheel"] = "wandb_flyte-0.1.0+local.00000000-py3-none-any.whl"
    project = workshop.make(commit=False)
    wheel = project / "wheels" / workshop.answers["wheel"]
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in workshop.templates.rglob("*"):
            name = path.relative_to(workshop.templates)
            archive.write(path, f"wandb_flyte/_templates/{name.as_posix()}")
    git("init", "--quiet", cwd=project)
    save(project)
    workshop.release("0.2.0", {"a.txt": "released\n"})
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "other"))

    plan = workshop.update(project).plan

    assert kinds(plan)["a.txt"] == "updated"
    assert (project / "a.txt").read_text() == "released\n"
    assert not wheel.exists()


def test_the_wheel_follows(workshop: Workshop) -> None:
    """The project carries the wheel of the wandb-flyte that updated it, and no other."""
    workshop.answers["wheel"] = "wandb_flyte-0.0.1+local.00000000-py3-none-any.whl"
    workshop.change({"pin.txt.jinja": "{{ wheel.split('-')[1] }}\n"})
    project = workshop.make(commit=False)
    (project / "wheels").mkdir()
    (project / "wheels" / workshop.answers["wheel"]).write_bytes(b"old")
    git("init", "--quiet", cwd=project)
    save(project)

    workshop.update(project)

    wheels = [path.name for path in (project / "wheels").iterdir()]
    assert wheels == [read_answers(project).wheel]
    assert wheels[0].split("-")[1] == (project / "pin.txt").read_text().strip()
