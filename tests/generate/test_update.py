"""Updates: edits stay, every file is accounted for, and nothing is ever half-done."""

from __future__ import annotations

import shutil
import subprocess
import sys

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
