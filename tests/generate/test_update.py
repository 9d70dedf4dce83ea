"""Updates: edits stay, every file is accounted for, and nothing is ever half-done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.generate.answers import read_answers
from wandb_flyte.generate.template import install_template

from .helpers import git, tree
from .updates import LINES, Workshop, kinds, save, second_release


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


def test_conflicts_are_marked_where_git_makes_sha256(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project's history may have longer hashes than the template's."""
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    workshop.change({"d.txt": "not released\n"})
    project = workshop.make()
    (project / "a.txt").write_text(LINES.replace("line 2\n", "my line\n"))
    save(project)
    second_release(workshop)

    workshop.update(project)

    assert len(git("rev-parse", "HEAD", cwd=project)) == 64
    assert "UU a.txt" in git("status", "--porcelain", cwd=project)


def test_a_merge_that_is_killed_changes_nothing(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What git printed until then is no file."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES.replace("line 4\n", "my line\n"))
    save(project)
    second_release(workshop)
    before = tree(project)
    killed = tmp_path / "bin" / "git"
    killed.parent.mkdir()
    real = shutil.which("git")
    killed.write_text(
        f'#!/bin/sh\ncase "$*" in *merge-file*) echo cut off; kill -9 $$;; esac\nexec {real} "$@"\n'
    )
    killed.chmod(0o755)
    monkeypatch.setenv("PATH", str(killed.parent), prepend=os.pathsep)

    with pytest.raises(UserError, match=r"`git merge-file` failed: code -9\."):
        workshop.update(project)

    assert tree(project) == before


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


@pytest.mark.long
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


def test_a_file_that_was_renamed_and_then_removed(workshop: Workshop) -> None:
    """Edited, it stays under its last name with what came in between; unedited, it goes."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES.replace("line 8\n", "my line\n"))
    save(project)
    moved = '[[version]]\nnumber = "0.2.0"\nfiles = { "a.txt" = "c.txt", "b.txt" = "d.txt" }\n'
    changed = LINES.replace("line 2\n", "line two\n")
    renamed = {"a.txt": None, "c.txt": changed, "b.txt": None, "d.txt": "b\n"}
    workshop.release("0.2.0", {**renamed, "versions.toml": moved})
    workshop.release("0.3.0", {"c.txt": None, "d.txt": None})

    plan = workshop.update(project).plan

    kept = next(change for change in plan.changes if change.path == "c.txt")
    assert (kept.moved_from, kept.kind) == ("a.txt", "merged")
    assert kept.reason == "you edited it, and the template has it no more"
    assert kinds(plan)["b.txt"] == "removed"
    assert (project / "c.txt").read_text() == changed.replace("line 8\n", "my line\n")
    assert not {"a.txt", "b.txt", "d.txt"} & tree(project).keys()


@pytest.mark.long
def test_a_rename_after_its_removal_is_not_about_it(workshop: Workshop) -> None:
    """An edited file that the template removed stays there when its folder moves on."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES + "mine\n")
    save(project)
    to_v2 = (
        '[[version]]\nnumber = "0.2.0"\nfiles = { "a.txt" = "v2/a.txt", "b.txt" = "v2/b.txt" }\n'
    )
    moved = {"a.txt": None, "b.txt": None, "v2/a.txt": LINES, "v2/b.txt": "b\n"}
    workshop.release("0.2.0", {**moved, "versions.toml": to_v2})
    workshop.release("0.3.0", {"v2/a.txt": None})
    to_v4 = '[[version]]\nnumber = "0.4.0"\nfiles = { "v2/" = "v4/" }\n'
    moved = {"v2/b.txt": None, "v4/b.txt": "b\n"}
    workshop.release("0.4.0", {**moved, "versions.toml": to_v2 + to_v4})

    workshop.update(project)

    assert (project / "v2/a.txt").read_text() == LINES + "mine\n"
    assert (project / "v4/b.txt").read_text() == "b\n"
    assert not (project / "v4/a.txt").exists()


def test_edits_follow_a_renamed_folder(workshop: Workshop) -> None:
    """All of the template's files in it move, and those that are the user's own stay."""
    workshop.change({"old/one.txt": LINES, "old/deep/two.txt": "two\n"})
    project = workshop.make()
    (project / "old" / "one.txt").write_text(LINES.replace("line 8\n", "my line\n"))
    (project / "old" / "own.txt").write_text("own\n")
    save(project)
    first = '[[version]]\nnumber = "0.2.0"\nfiles = { "old/" = "{{ package }}/" }\n'
    second = first + '[[version]]\nnumber = "0.3.0"\nfiles = { "demo/one.txt" = "one.txt" }\n'
    new = {"old/one.txt": None, "old/deep/two.txt": None, "demo/deep/two.txt": "two\n"}
    workshop.release("0.3.0", {**new, "one.txt": LINES, "versions.toml": second})

    plan = workshop.update(project).plan

    assert {(change.moved_from, change.path) for change in plan.changes if change.moved_from} == {
        ("old/one.txt", "one.txt"),
        ("old/deep/two.txt", "demo/deep/two.txt"),
    }
    assert (project / "one.txt").read_text() == LINES.replace("line 8\n", "my line\n")
    assert (project / "old" / "own.txt").read_text() == "own\n"
    assert not (project / "old" / "deep").exists()


@pytest.mark.long
def test_files_that_swapped_their_names(workshop: Workshop) -> None:
    """Each one's edits are in it still."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES.replace("line 8\n", "my line\n"))
    (project / "b.txt").write_text("b\nand mine\n")
    save(project)
    moved = '[[version]]\nnumber = "0.2.0"\nfiles = { "a.txt" = "b.txt", "b.txt" = "a.txt" }\n'
    workshop.release("0.2.0", {"a.txt": "b\n", "b.txt": LINES, "versions.toml": moved})

    workshop.update(project)

    assert (project / "b.txt").read_text() == LINES.replace("line 8\n", "my line\n")
    assert (project / "a.txt").read_text() == "b\nand mine\n"


@pytest.mark.parametrize("listed", ['{ "a.txt" = "a.txt/b.txt" }', "{}"])
def test_a_file_becomes_a_folder_and_a_folder_a_file(workshop: Workshop, listed: str) -> None:
    """The file makes room for the folder of its name, and the other way round."""
    workshop.change({"sub/one.txt": "1\n", "sub/deep/two.txt": "2\n"})
    project = workshop.make()
    (project / "sub" / "deep" / "empty").mkdir()
    versions = f'[[version]]\nnumber = "0.2.0"\nfiles = {listed}\n'
    workshop.change({"a.txt": None, "sub/one.txt": None, "sub/deep/two.txt": None})
    (workshop.files / "sub" / "deep").rmdir()
    (workshop.files / "sub").rmdir()
    workshop.release("0.2.0", {"a.txt/b.txt": LINES, "sub": "file\n", "versions.toml": versions})

    workshop.update(project)

    assert (project / "a.txt" / "b.txt").read_text() == LINES
    assert (project / "sub").read_text() == "file\n"


@pytest.mark.long
def test_an_edited_file_in_a_new_folders_place(workshop: Workshop) -> None:
    """Both can't be had: the file is named, and nothing is written."""
    project = workshop.make()
    (project / "a.txt").write_text("mine\n")
    save(project)
    workshop.change({"a.txt": None})
    workshop.release("0.2.0", {"a.txt/b.txt": LINES, "b.txt": "bee\n"})
    before = tree(project)

    with pytest.raises(UserError) as caught:
        workshop.update(project)

    assert caught.value.message == (
        "`a.txt` is a file here and a folder in the template. Rename yours first."
    )
    assert tree(project) == before
