"""Updates of odd projects: nothing of the user's is lost or changed."""

from __future__ import annotations

from pathlib import Path

import yaml
from wandb_flyte.generate.answers import ANSWERS

from .helpers import git
from .updates import LINES, Workshop, kinds, save, second_release

CHANGED = LINES.replace("line 2\n", "line two\n")


def test_no_newline_at_the_end(workshop: Workshop) -> None:
    """A file that the user left without one is merged, and is left without one."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES.replace("line 9\n", "my end"))
    save(project)
    second_release(workshop)

    plan = workshop.update(project).plan

    assert kinds(plan)["a.txt"] == "merged"
    assert (project / "a.txt").read_text() == CHANGED.replace("line 9\n", "my end")


def test_lines_that_end_as_on_windows(workshop: Workshop) -> None:
    """Where every line differs, both sides stand between markers, byte for byte."""
    project = workshop.make()
    mine = LINES.replace("\n", "\r\n").encode()
    (project / "a.txt").write_bytes(mine)
    save(project)
    second_release(workshop)

    plan = workshop.update(project).plan

    assert kinds(plan)["a.txt"] == "conflict"
    written = (project / "a.txt").read_bytes()
    assert mine in written
    assert CHANGED.encode() in written


def test_a_text_that_became_no_text(workshop: Workshop) -> None:
    """It stays as the user made it, and the table says why."""
    project = workshop.make()
    (project / "a.txt").write_bytes(b"\0\1\2mine")
    save(project)
    second_release(workshop)

    plan = workshop.update(project).plan

    kept = next(change for change in plan.changes if change.path == "a.txt")
    assert (kept.kind, kept.reason) == ("yours", "it is no text, and the template's changed too")
    assert (project / "a.txt").read_bytes() == b"\0\1\2mine"


def test_text_in_another_encoding(workshop: Workshop) -> None:
    """Bytes that are no UTF-8 come through a merge as they are."""
    project = workshop.make()
    mine = LINES.encode().replace(b"line 8\n", "größe\n".encode("latin-1"))
    (project / "a.txt").write_bytes(mine)
    save(project)
    second_release(workshop)

    workshop.update(project)

    assert (project / "a.txt").read_bytes() == mine.replace(b"line 2\n", b"line two\n")


def test_a_file_that_can_be_run(workshop: Workshop) -> None:
    """It still can be after the update, under its new name too."""
    project = workshop.make()
    for name in ("a.txt", "b.txt"):
        (project / name).chmod(0o755)
    save(project)
    moved = '[[version]]\nnumber = "0.2.0"\nfiles = { "b.txt" = "bin/b" }\n'
    new = {"a.txt": CHANGED, "b.txt": None, "bin/b": "bee\n", "versions.toml": moved}
    workshop.release("0.2.0", new)

    workshop.update(project)

    assert (project / "a.txt").stat().st_mode & 0o777 == 0o755
    assert (project / "bin" / "b").stat().st_mode & 0o777 == 0o755


def test_files_that_git_ignores(workshop: Workshop) -> None:
    """A file of the template's that the project ignores keeps its edits; others are not read."""
    project = workshop.make()
    (project / ".gitignore").write_text("a.txt\nsecret.env\n")
    git("rm", "--quiet", "--cached", "a.txt", cwd=project)
    git("add", ".gitignore", cwd=project)
    git("commit", "--quiet", "--message", "Ignore", cwd=project)
    (project / "a.txt").write_text(LINES.replace("line 8\n", "my line\n"))
    (project / "secret.env").write_text("secret\n")
    second_release(workshop)

    plan = workshop.update(project).plan

    assert kinds(plan)["a.txt"] == "merged"
    assert (project / "a.txt").read_text() == CHANGED.replace("line 8\n", "my line\n")
    assert (project / "secret.env").read_text() == "secret\n"


def test_answers_that_were_edited_by_hand(workshop: Workshop) -> None:
    """Files that the template did not change stay as they are; unknown answers do no harm."""
    workshop.change({"b.txt": None, "b.txt.jinja": "package {{ package }}\n"})
    project = workshop.make()
    answers = yaml.safe_load((project / ANSWERS).read_text())
    edited = {**answers, "nobody": "asked for this", "package": "other"}
    (project / ANSWERS).write_text(yaml.safe_dump(edited))
    save(project)
    second_release(workshop)

    plan = workshop.update(project).plan

    assert kinds(plan)["a.txt"] == "updated"
    assert (project / "b.txt").read_text() == "package demo\n"
    assert yaml.safe_load((project / ANSWERS).read_text())["package"] == "other"


def test_a_submodule_a_worktree_and_a_detached_head(workshop: Workshop, tmp_path: Path) -> None:
    """Wherever git keeps the history, the project is updated and its conflicts are marked."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES.replace("line 2\n", "my line\n"))
    save(project)
    outer, side = tmp_path / "outer", tmp_path / "side"
    outer.mkdir()
    git("init", "--quiet", cwd=outer)
    allowed = ("-c", "protocol.file.allow=always")
    git(*allowed, "submodule", "--quiet", "add", str(project), "module", cwd=outer)
    git("worktree", "add", "--quiet", "--detach", str(side), cwd=project)
    second_release(workshop)

    for place in (outer / "module", side):
        plan = workshop.update(place).plan

        assert plan.changes[-1].kind == "conflict"
        assert "UU a.txt" in git("status", "--porcelain", cwd=place)
        assert (place / "new.txt").read_text() == "new\n"
