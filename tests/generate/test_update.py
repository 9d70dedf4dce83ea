"""Updates: edits stay, every file is accounted for, and nothing is ever half-done."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from wandb_flyte._version import __version__
from wandb_flyte.errors import UserError
from wandb_flyte.generate import update as update_module
from wandb_flyte.generate.answers import read_answers
from wandb_flyte.generate.template import install_template

from .helpers import git, tree
from .updates import LINES, Workshop, kinds, save


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A template with two releases: the second changes, adds and removes a file."""
    shop = Workshop(tmp_path)
    shop.release("0.1.0", {"a.txt": LINES, "b.txt": "b\n", "gone.txt": "gone\n", "mine.txt": "1\n"})
    return shop


def second_release(shop: Workshop) -> None:
    """Releases 0.2.0."""
    changed = LINES.replace("line 2\n", "line two\n")
    shop.release(
        "0.2.0", {"a.txt": changed, "gone.txt": None, "new.txt": "new\n", "mine.txt": "2\n"}
    )


def test_every_file_is_accounted_for(workshop: Workshop) -> None:
    """The plan names each file and what happens to it, and writes nothing."""
    project = workshop.make()
    second_release(workshop)
    before = tree(project)

    plan = workshop.plan(project)

    assert (plan.from_version, plan.to_version) == ("v0.1.0", "v0.2.0")
    assert kinds(plan) == {
        "a.txt": "updated",
        "b.txt": "unchanged",
        "gone.txt": "removed",
        "mine.txt": "yours",
        "new.txt": "new",
    }
    assert tree(project) == before


def test_an_update_does_what_its_preview_said(workshop: Workshop) -> None:
    """The same table, and the files are as it says."""
    project = workshop.make()
    second_release(workshop)
    plan = workshop.plan(project)

    updated = workshop.update(project)

    assert updated.plan == plan
    for change in plan.changes:
        path = project / change.path
        assert (path.read_bytes() if path.exists() else None) == change.after
    assert not workshop.plan(project).behind


def test_edits_stay(workshop: Workshop) -> None:
    """Two lines away from what the template changed, an edit is merged."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES.replace("line 4\n", "my line\n"))
    save(project)
    second_release(workshop)

    plan = workshop.update(project).plan

    assert kinds(plan)["a.txt"] == "merged"
    merged = LINES.replace("line 2\n", "line two\n").replace("line 4\n", "my line\n")
    assert (project / "a.txt").read_text() == merged


def test_conflicts_are_marked_in_the_file_and_in_git(workshop: Workshop) -> None:
    """Both sides stand between markers, the file is last, and git won't commit it unseen."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES.replace("line 2\n", "my line\n"))
    save(project)
    second_release(workshop)

    plan = workshop.update(project).plan

    assert plan.changes[-1].path == "a.txt"
    assert plan.changes[-1].kind == "conflict"
    assert (project / "a.txt").read_text() == LINES.replace(
        "line 2\n",
        "<<<<<<< before updating\nmy line\n=======\nline two\n>>>>>>> after updating\n",
    )
    assert "UU a.txt" in git("status", "--porcelain", cwd=project)


def test_an_edited_file_that_the_template_removed_stays(workshop: Workshop) -> None:
    """Nobody's work goes because the template no longer has the file."""
    project = workshop.make()
    (project / "gone.txt").write_text("gone\nmine\n")
    save(project)
    second_release(workshop)

    plan = workshop.update(project).plan

    assert kinds(plan)["gone.txt"] == "yours"
    assert (project / "gone.txt").read_text() == "gone\nmine\n"


def test_a_file_that_the_user_removed_stays_removed(workshop: Workshop) -> None:
    """An update does not bring back what was thrown away."""
    project = workshop.make()
    (project / "a.txt").unlink()
    save(project)
    second_release(workshop)

    plan = workshop.update(project).plan

    assert kinds(plan)["a.txt"] == "yours"
    assert not (project / "a.txt").exists()


def test_both_added_the_same_name(workshop: Workshop) -> None:
    """What the user wrote is in the file, between markers."""
    project = workshop.make()
    (project / "new.txt").write_text("mine\n")
    save(project)
    second_release(workshop)

    plan = workshop.update(project).plan

    assert kinds(plan)["new.txt"] == "conflict"
    assert "mine\n" in (project / "new.txt").read_text()


def test_edits_follow_a_renamed_file(workshop: Workshop) -> None:
    """The template says what it renamed, over several versions, and edits go along."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES.replace("line 8\n", "my line\n"))
    save(project)
    first = '[[version]]\nnumber = "0.2.0"\nfiles = { "a.txt" = "{{ package }}/c.txt" }\n'
    workshop.release("0.2.0", {"a.txt": None, "{{ package }}/c.txt": LINES, "versions.toml": first})
    second = (
        first + '[[version]]\nnumber = "0.3.0"\nnews = ["c is d."]\n'
        'files = { "{{ package }}/c.txt" = "d.txt" }\n'
    )
    changed = LINES.replace("line 2\n", "line two\n")
    workshop.release(
        "0.3.0", {"{{ package }}/c.txt": None, "d.txt": changed, "versions.toml": second}
    )

    plan = workshop.update(project).plan

    moved = next(change for change in plan.changes if change.path == "d.txt")
    assert (moved.kind, moved.moved_from) == ("moved", "a.txt")
    assert plan.news == ("c is d.",)
    assert (project / "d.txt").read_text() == changed.replace("line 8\n", "my line\n")
    assert not (project / "a.txt").exists()
    assert not (project / "demo").exists()


def test_a_rename_is_followed_once(workshop: Workshop) -> None:
    """A project that has the new name already is not moved again by a later version."""
    moved = '[[version]]\nnumber = "0.2.0"\nfiles = { "a.txt" = "c.txt" }\n'
    workshop.release("0.2.0", {"a.txt": None, "c.txt": LINES, "versions.toml": moved})
    project = workshop.make()
    (project / "a.txt").write_text("a file of mine\n")
    save(project)
    workshop.release("0.3.0", {"b.txt": "bee\n"})

    workshop.update(project)

    assert (project / "a.txt").read_text() == "a file of mine\n"


def test_a_renamed_file_of_the_users_moves_as_it_is(workshop: Workshop) -> None:
    """What is written once keeps every byte under its new name."""
    project = workshop.make()
    (project / "mine.txt").write_text("all mine\n")
    save(project)
    moved = '[[version]]\nnumber = "0.2.0"\nfiles = { "mine.txt" = "demo/settings.py" }\n'
    workshop.release(
        "0.2.0", {"mine.txt": None, "{{ package }}/settings.py": "2\n", "versions.toml": moved}
    )

    plan = workshop.update(project).plan

    assert kinds(plan)["demo/settings.py"] == "moved"
    assert (project / "demo" / "settings.py").read_text() == "all mine\n"
    assert not (project / "mine.txt").exists()


def test_answers_follow_a_renamed_question(workshop: Workshop) -> None:
    """The value goes to the new name, not to the new question's default."""
    config = (workshop.files / "copier.yml").read_text()
    workshop.release("0.2.0", {"copier.yml": config + "color: {type: str, default: red}\n"})
    workshop.answers["color"] = "blue"
    project = workshop.make()
    renamed = '[[version]]\nnumber = "0.3.0"\nanswers = { color = "colour" }\n'
    workshop.release(
        "0.3.0",
        {
            "copier.yml": config + "colour: {type: str, default: red}\n",
            "versions.toml": renamed,
            "b.txt.jinja": "{{ colour }}\n",
            "b.txt": None,
        },
    )

    workshop.update(project)

    assert (project / "b.txt").read_text() == "blue\n"
    assert read_answers(project).values["colour"] == "blue"
    assert "color" not in read_answers(project).values


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


def test_it_agrees_with_copier(workshop: Workshop) -> None:
    """Without renames, plain `copier update` comes to the same files."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES.replace("line 8\n", "my line\n"))
    (project / "mine.txt").write_text("mine\n")
    save(project)
    second_release(workshop)
    install_template(workshop.templates)
    copy = project.with_name("copy")
    shutil.copytree(project, copy)

    workshop.update(project)
    command = [sys.executable, "-m", "copier", "update", "--defaults", "--vcs-ref", "v0.2.0"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)

    ours = {name: text for name, text in tree(project).items() if not name.startswith("wheels/")}
    assert ours.keys() == tree(copy).keys()
    assert {name: text for name, text in ours.items() if name != ".copier-answers.yml"} == {
        name: text for name, text in tree(copy).items() if name != ".copier-answers.yml"
    }
