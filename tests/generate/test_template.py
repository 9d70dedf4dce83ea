"""The template's history in a git bundle: same template, same commit; nothing is ever lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from wandb_flyte._version import __version__
from wandb_flyte.errors import UserError
from wandb_flyte.generate.template import (
    SOURCE,
    append_release,
    install_template,
    templates_folder,
)

from .helpers import git


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A templates folder of the test's own, with one small file and no release."""
    (tmp_path / "templates" / "project").mkdir(parents=True)
    (tmp_path / "templates" / "project" / "README.md").write_text("one\n")
    return tmp_path / "templates"


@pytest.fixture
def clone(home: Path, tmp_path: Path) -> Callable[[], Path]:
    """Clones the user's bundle into a new folder."""

    def clone_bundle() -> Path:
        folder = tmp_path / "clone"
        shutil.rmtree(folder, ignore_errors=True)
        git("clone", "--quiet", "--no-checkout", str(bundle(home)), str(folder), cwd=tmp_path)
        return folder

    return clone_bundle


def bundle(home: Path) -> Path:
    """Where the user's bundle is."""
    return home / ".wandb-flyte" / "template.bundle"


def write(templates: Path, text: str) -> None:
    """Changes the template."""
    (templates / "project" / "README.md").write_text(text)


def test_the_source_names_the_home_by_its_tilde(home: Path, templates: Path) -> None:
    """A project's `_src_path` means the same on every machine."""
    assert install_template(templates).source == SOURCE == "~/.wandb-flyte/template.bundle"
    assert bundle(home).is_file()


def test_the_same_template_is_the_same_commit(home: Path, templates: Path) -> None:
    """Two machines, and two users of one, get the same commit from the same files."""
    first = install_template(templates)
    bundle(home).unlink()

    assert install_template(templates) == first


def test_the_commit_does_not_depend_on_git_settings(
    home: Path, templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's identity, ignore rules and line ends change nothing."""
    first = install_template(templates)
    bundle(home).unlink()
    (home / ".gitconfig").write_text("[core]\nautocrlf=true\nexcludesFile=~/ignore\n")
    (home / "ignore").write_text("*.md\n")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Grace")

    assert install_template(templates) == first


def test_a_known_template_is_not_written_again(home: Path, templates: Path) -> None:
    """The bundle is left alone while it has what is needed."""
    install_template(templates)
    before = bundle(home).stat().st_mtime_ns

    install_template(templates)

    assert bundle(home).stat().st_mtime_ns == before


def test_an_unreleased_change_is_a_commit_of_its_own(
    templates: Path, clone: Callable[[], Path]
) -> None:
    """A project made from a checkout can be updated: its commit stays in the bundle."""
    old = install_template(templates)
    write(templates, "two\n")
    new = install_template(templates)

    repository = clone()
    assert old.commit != new.commit
    assert git("show", f"{old.commit}:README.md", cwd=repository) == "one"
    assert git("show", f"{new.commit}:README.md", cwd=repository) == "two"


def test_a_released_template_is_its_tag(templates: Path, clone: Callable[[], Path]) -> None:
    """An installed release makes projects from the release's commit, and adds none."""
    released = append_release("0.1.0", templates)

    assert install_template(templates).commit == released
    assert git("describe", "--tags", released, cwd=clone()) == "v0.1.0"


def test_unreleased_work_lies_on_the_last_release(
    templates: Path, clone: Callable[[], Path]
) -> None:
    """Copier sees how far a project is from a release."""
    append_release("0.1.0", templates)
    write(templates, "two\n")

    commit = install_template(templates).commit

    described = git("describe", "--tags", commit, cwd=clone())
    assert described.startswith("v0.1.0-1-g")


def test_releases_make_one_line(templates: Path, clone: Callable[[], Path]) -> None:
    """Every release is in the bundle, each the parent of the next."""
    append_release("0.1.0", templates)
    write(templates, "two\n")
    append_release("0.2.0", templates)
    install_template(templates)

    repository = clone()
    assert git("tag", cwd=repository).split() == ["v0.1.0", "v0.2.0"]
    assert git("rev-parse", "v0.2.0^", cwd=repository) == git("rev-parse", "v0.1.0", cwd=repository)


def test_an_older_installation_does_not_take_a_newer_release_away(
    templates: Path, tmp_path: Path, clone: Callable[[], Path]
) -> None:
    """Two versions of wandb-flyte on one machine share the bundle."""
    append_release("0.1.0", templates)
    shutil.copytree(templates, tmp_path / "older")
    write(templates, "two\n")
    append_release("0.2.0", templates)
    install_template(templates)

    install_template(tmp_path / "older")

    assert git("tag", cwd=clone()).split() == ["v0.1.0", "v0.2.0"]


@pytest.mark.parametrize("damage", [b"", b"garbage", b"# v2 git bundle\n" + b"0" * 40 + b" x\n\n"])
def test_a_damaged_bundle_is_made_anew(home: Path, templates: Path, damage: bytes) -> None:
    """Whatever became of the user's bundle, a project can be made."""
    first = install_template(templates)
    bundle(home).write_bytes(damage)

    assert install_template(templates) == first


def test_the_history_has_sha1_whatever_git_makes(
    templates: Path, clone: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where new repositories get SHA-256, the template is the same commit."""
    append_release("0.1.0", templates)
    write(templates, "two\n")
    first = install_template(templates)
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    bundle(Path.home()).unlink()

    assert install_template(templates) == first
    assert git("tag", cwd=clone()) == "v0.1.0"


def test_a_damaged_release_is_told(templates: Path) -> None:
    """An installation whose history is cut off says so."""
    append_release("0.1.0", templates)
    released = templates / "project.bundle"
    released.write_bytes(released.read_bytes()[:-40])

    with pytest.raises(UserError, match="`git fetch` failed"):
        install_template(templates)


def test_a_home_that_can_not_be_written(home: Path, templates: Path) -> None:
    """A home in the way is told, with what it is needed for."""
    (home / ".wandb-flyte").write_text("a file")

    with pytest.raises(UserError) as caught:
        install_template(templates)

    assert caught.value.message == f"`{home}/.wandb-flyte` can't be written: File exists."
    assert caught.value.hint == (
        "The project's template is kept there; set HOME to a folder of yours."
    )


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("0.1.0", "`0.1.0` is not newer than the last release, v0.1.0."),
        ("0.0.9", "`0.0.9` is not newer than the last release, v0.1.0."),
        ("next", "`next` is no version."),
    ],
)
def test_a_release_has_to_be_newer(templates: Path, version: str, message: str) -> None:
    """History is only ever appended to."""
    append_release("0.1.0", templates)
    before = (templates / "project.bundle").read_bytes()

    with pytest.raises(UserError) as caught:
        append_release(version, templates)

    assert caught.value.message == message
    assert (templates / "project.bundle").read_bytes() == before


def test_the_template_belongs_to_this_version() -> None:
    """A project depends on the wandb-flyte that made it, so the two numbers move together."""
    questions = (templates_folder() / "project" / "copier.yml").read_text()

    assert f"default: {__version__}\n" in questions.partition("wandb_flyte_version:")[2]
