"""A kit's programs can be run in the projects that get them."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.generate.updates.drift import restore_file

from ..helpers import git
from .workshop import KitRepository, update


@pytest.fixture
def kit(tmp_path: Path) -> KitRepository:
    """A kit with a program and a file that is none."""
    repository = KitRepository(tmp_path / "kit")
    repository.change(
        {
            "kit.toml": 'name = "kit"\n',
            "files/tools/train.sh": "#!/bin/sh\necho one\n",
            "files/tools/setup.sh.jinja": "#!/bin/sh\necho {{ project }}\n",
            "files/notes.md": "notes\n",
        }
    )
    for name in ("train.sh", "setup.sh.jinja"):
        (repository.folder / "files" / "tools" / name).chmod(0o755)
    repository.release("1.0.0", {})
    return repository


def modes(project: Path) -> dict[str, str]:
    """What git keeps of the modes of the kit's files."""
    listed = git("ls-files", "--stage", "--", "tools", "notes.md", "more.sh", cwd=project)
    rows = [line.split() for line in listed.splitlines()]
    return {row[3]: row[0] for row in rows}


def test_programs_stay_programs(kit: KitRepository) -> None:
    """In a new project, in an update that brings, edits or drops one, and when one is restored."""
    project = kit.project()
    first = modes(project)
    (kit.folder / "files" / "notes.md").chmod(0o755)
    (kit.folder / "files" / "tools" / "setup.sh.jinja").chmod(0o644)
    kit.change({"files/more.sh": "#!/bin/sh\n", "files/tools/train.sh": "#!/bin/sh\necho two\n"})
    (kit.folder / "files" / "more.sh").chmod(0o755)
    kit.release("2.0.0", {})
    plan = update(project).plan
    (project / "more.sh").unlink()
    git("commit", "--quiet", "--all", "--message", "Remove", cwd=project)
    restore_file(project, Path("more.sh"))

    assert first == {"notes.md": "100644", "tools/setup.sh": "100755", "tools/train.sh": "100755"}
    kinds = {change.path: (change.kind, change.reason) for change in plan.changes}
    assert kinds["notes.md"] == ("updated", "it can be run now")
    assert kinds["tools/setup.sh"] == ("updated", "it can't be run any more")
    assert kinds["tools/train.sh"] == ("updated", "")
    assert modes(project) == {
        "notes.md": "100755",
        "tools/setup.sh": "100644",
        "tools/train.sh": "100755",
    }
    assert (project / "more.sh").stat().st_mode & 0o111 == 0o111


@pytest.mark.long
def test_a_mode_of_the_users_stays(kit: KitRepository) -> None:
    """Where the kit's mode is the same in both versions, the project's own stays."""
    project = kit.project()
    (project / "notes.md").chmod(0o755)
    (project / "tools" / "train.sh").chmod(0o644)
    git("commit", "--quiet", "--all", "--message", "Modes", cwd=project)
    kit.release("2.0.0", {"files/notes.md": "more notes\n"})

    update(project)

    assert modes(project)["notes.md"] == "100755"
    assert modes(project)["tools/train.sh"] == "100644"
    assert (project / "notes.md").read_text() == "more notes\n"
