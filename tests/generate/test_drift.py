"""Where a project differs from its template, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.generate.updates.drift import find_drift, restore_file

from .updates import LINES, Workshop, save


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A template with two releases."""
    shop = Workshop(tmp_path)
    shop.release("0.1.0", {"a.txt": LINES, "b.txt": "b\n", "c.txt": "c\n", "mine.txt": "1\n"})
    shop.release("0.2.0", {"b.txt": "bee\n"})
    return shop


def test_a_fresh_project_has_none(workshop: Workshop) -> None:
    """What was just made is as the template makes it."""
    drifts = find_drift(workshop.make(), workshop.templates)

    assert (drifts.version, drifts.files) == ("v0.2.0", ())


def test_each_file_with_its_reason(workshop: Workshop) -> None:
    """Edited, removed, missed by an update, and yours by rule."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES + "mine\n")
    (project / "b.txt").write_text("b\n")
    (project / "c.txt").unlink()
    (project / "mine.txt").write_text("mine\n")

    drifts = find_drift(project, workshop.templates)

    assert [(drift.path, drift.reason, drift.yours) for drift in drifts.files] == [
        ("a.txt", "edited by you", False),
        ("b.txt", "as v0.1.0 made it: missed by an update", False),
        ("c.txt", "removed by you", False),
        ("mine.txt", "edited by you", True),
    ]
    assert "+mine" in drifts.files[0].diff().splitlines()


def test_it_compares_with_the_version_that_the_project_has(workshop: Workshop) -> None:
    """What a newer version changed is an update, not drift."""
    project = workshop.make()
    workshop.release("0.3.0", {"b.txt": "buzz\n"})

    assert find_drift(project, workshop.templates).files == ()


def test_a_file_is_restored(workshop: Workshop) -> None:
    """Edited or removed, it is the template's again, named from any folder."""
    project = workshop.make()
    (project / "sub").mkdir()
    (project / "a.txt").write_text("mine\n")
    (project / "c.txt").unlink()
    save(project)

    restored = [
        restore_file(project / "sub", Path("../a.txt"), workshop.templates),
        restore_file(project, Path("c.txt"), workshop.templates),
        restore_file(project, Path("b.txt"), workshop.templates),
    ]

    assert restored == ["a.txt", "c.txt", ""]
    assert (project / "a.txt").read_text() == LINES
    assert (project / "c.txt").read_text() == "c\n"


def test_uncommitted_edits_are_not_lost(workshop: Workshop) -> None:
    """A restore needs git to have what it takes away."""
    project = workshop.make()
    (project / "a.txt").write_text("mine\n")

    with pytest.raises(UserError) as caught:
        restore_file(project, Path("a.txt"), workshop.templates)

    assert caught.value.message == "What `a.txt` holds is not committed, and would be lost."
    assert (project / "a.txt").read_text() == "mine\n"


@pytest.mark.parametrize("name", ["nothing.txt", "../outside.txt", ".copier-answers.yml"])
def test_only_the_templates_files_are_restored(workshop: Workshop, name: str) -> None:
    """Another file is named, and the way to find the right one."""
    project = workshop.make()

    with pytest.raises(UserError) as caught:
        restore_file(project, Path(name), workshop.templates)

    assert caught.value.message == f"`{name}` is no file that the template makes."
