"""What an update refuses: nothing outside the project is touched, and no code is run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from wandb_flyte.errors import UserError

from .helpers import git, tree
from .updates import LINES, QUESTIONS, Workshop, save


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A template with one release."""
    shop = Workshop(tmp_path)
    shop.release("0.1.0", {"a.txt": LINES, "sub/b.txt": "b\n"})
    return shop


@pytest.fixture
def refused(workshop: Workshop) -> Callable[[Path], UserError]:
    """Updates, sees it refused with nothing written, and gives the error."""

    def update(project: Path) -> UserError:
        before = tree(project)
        with pytest.raises(UserError) as caught:
            workshop.update(project)
        assert tree(project) == before
        return caught.value

    return update


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "_src_path: ~/.wandb-flyte/template.bundle",
            "_src_path: https://example.org/evil.git",
            ".copier-answers.yml: _src_path: `https://example.org/evil.git` is not the template of "
            "wandb-flyte, which is `~/.wandb-flyte/template.bundle`. An update takes nothing from "
            "anywhere else.",
        ),
        (
            "_commit: v0.1.0",
            "_commit: --upload-pack=touch",
            ".copier-answers.yml: _commit: `--upload-pack=touch` is no version of the template.",
        ),
        (
            "package: demo",
            "package: ../../evil",
            ".copier-answers.yml: package: `../../evil` is no name of a package.",
        ),
        (
            "wheel: ''",
            "wheel: ../../evil.whl",
            ".copier-answers.yml: wheel: `../../evil.whl` is no wheel of wandb-flyte.",
        ),
    ],
)
def test_answers_that_lead_elsewhere(
    workshop: Workshop, refused: Callable[[Path], UserError], old: str, new: str, message: str
) -> None:
    """Each is named with its place in the file."""
    project = workshop.make()
    answers = project / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace(old, new))
    save(project)

    assert refused(project).message == message


@pytest.mark.parametrize("text", ["{", "- a\n", "!!python/object/apply:os.getcwd []\n"])
def test_answers_that_are_none(
    workshop: Workshop, refused: Callable[[Path], UserError], text: str
) -> None:
    """An answers file that is no mapping of answers, or wants to make objects."""
    project = workshop.make()
    (project / ".copier-answers.yml").write_text(text)
    save(project)

    assert refused(project).message.startswith(f"`{project}/.copier-answers.yml`")


def test_a_damaged_bundle(
    workshop: Workshop, refused: Callable[[Path], UserError], home: Path
) -> None:
    """A bundle whose header is right and whose rest is not is named, with the remedy."""
    project = workshop.make()
    workshop.release("0.2.0", {"a.txt": "2\n"})
    workshop.make("other")
    bundle = home / ".wandb-flyte" / "template.bundle"
    head, _, _ = bundle.read_bytes().partition(b"\n\n")
    bundle.write_bytes(head + b"\n\nPACK garbage")

    error = refused(project)

    assert error.message == ("`~/.wandb-flyte/template.bundle` is no git bundle, or a damaged one.")
    assert error.hint.startswith("Delete it")


def test_a_template_with_tasks(
    workshop: Workshop, refused: Callable[[Path], UserError], tmp_path: Path
) -> None:
    """A template's commands are not run."""
    project = workshop.make()
    task = f"_tasks: ['touch {tmp_path}/ran']\n"
    workshop.release("0.2.0", {"copier.yml": QUESTIONS + task})

    assert "tasks" in refused(project).message
    assert not (tmp_path / "ran").exists()


def test_a_template_that_writes_into_git(
    workshop: Workshop, refused: Callable[[Path], UserError]
) -> None:
    """No file of a template is a git hook."""
    project = workshop.make()
    workshop.release(
        "0.2.0",
        {
            "copier.yml": QUESTIONS.replace(", .git]", "]"),
            "{{ '.git' }}/hooks/pre-commit": "#!/bin/sh\n",
        },
    )

    assert "`.git/hooks/pre-commit`, which is no file of a project" in refused(project).message


@pytest.mark.parametrize("name", ["../evil.txt", "/tmp/evil.txt", ".git/hooks/pre-commit"])
def test_moves_out_of_the_project(
    workshop: Workshop, refused: Callable[[Path], UserError], name: str
) -> None:
    """A template renames files within a project."""
    project = workshop.make()
    moves = f'[[version]]\nnumber = "0.2.0"\nfiles = {{ "a.txt" = "{name}" }}\n'
    workshop.release("0.2.0", {"a.txt": None, "versions.toml": moves})

    assert refused(project).message == (
        f"The template's list of moves names `{name}`, which is no file of a project."
    )


def test_a_link_out_of_the_project(
    workshop: Workshop, refused: Callable[[Path], UserError], tmp_path: Path
) -> None:
    """An update does not write through it."""
    project = workshop.make()
    outside = tmp_path / "outside.txt"
    outside.write_text(LINES)
    (project / "a.txt").unlink()
    (project / "a.txt").symlink_to(outside)
    save(project)
    workshop.release("0.2.0", {"a.txt": "2\n"})

    assert refused(project).message == (
        f"`a.txt` is a symbolic link out of the project, to `{outside}`."
    )
    assert outside.read_text() == LINES


def test_a_link_inside_the_project_stays(workshop: Workshop) -> None:
    """What lies behind it is the user's; the table says so."""
    project = workshop.make()
    (project / "real").mkdir()
    (project / "sub" / "b.txt").rename(project / "real" / "b.txt")
    (project / "sub").rmdir()
    (project / "sub").symlink_to("real")
    save(project)
    workshop.release("0.2.0", {"sub/b.txt": "2\n", "a.txt": "2\n"})

    plan = workshop.update(project).plan

    kept = next(change for change in plan.changes if change.path == "sub/b.txt")
    assert (kept.kind, kept.reason) == ("yours", "behind the link `sub`")
    assert (project / "real" / "b.txt").read_text() == "b\n"
    assert (project / "a.txt").read_text() == "2\n"


def test_a_folder_in_a_files_place(
    workshop: Workshop, refused: Callable[[Path], UserError]
) -> None:
    """It is named, and stays."""
    project = workshop.make()
    (project / "new.txt").mkdir()
    (project / "new.txt" / "mine").write_text("mine\n")
    save(project)
    workshop.release("0.2.0", {"new.txt": "2\n"})

    assert refused(project).message == (
        "`new.txt` is a folder here and a file in the template. Rename yours first."
    )


def test_a_list_of_moves_that_is_none(
    workshop: Workshop, refused: Callable[[Path], UserError]
) -> None:
    """The message names the template's version."""
    project = workshop.make()
    workshop.release("0.2.0", {"versions.toml": "version = 3\n"})

    assert refused(project).message.startswith("`versions.toml` of template v0.2.0 can't be read")


def test_an_ignored_project(workshop: Workshop, tmp_path: Path) -> None:
    """A project in a repository that ignores it has nothing to go back to, and is told."""
    project = workshop.make(commit=False)
    git("init", "--quiet", cwd=tmp_path)
    (tmp_path / ".gitignore").write_text("demo/\n")
    workshop.release("0.2.0", {"a.txt": "2\n"})

    with pytest.raises(UserError) as caught:
        workshop.update(project)

    assert caught.value.message == (f"`{tmp_path}` is a git repository that ignores `{project}`.")
