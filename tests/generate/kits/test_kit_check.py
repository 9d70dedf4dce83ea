"""`kit new` makes a kit that passes `kit check`, and `kit check` finds what is wrong."""

from __future__ import annotations

import py_compile
import re
import shutil
from pathlib import Path

import pytest
from wandb_flyte.errors import InvalidInput
from wandb_flyte.generate.kits.check import Step as KitStep
from wandb_flyte.generate.kits.check import check_kit
from wandb_flyte.generate.kits.make import new_kit
from wandb_flyte.generate.render import render
from wandb_flyte.generate.template import Template, templates_folder

from ..helpers import git, tree
from .workshop import KitRepository


def checked(kit: Path) -> tuple[bool, list[KitStep]]:
    """Checks a kit, and gives its steps."""
    steps: list[KitStep] = []
    return check_kit(kit, steps.append), steps


@pytest.mark.long
def test_a_new_kit_passes_its_own_check(tmp_path: Path) -> None:
    """Its starter with each profile, its tests, and an update from its tag to what lies there."""
    kit = new_kit("my-team", tmp_path / "my-team").path
    (kit / "files" / "NEWS.md").write_text("Not committed yet.\n")
    before = tree(kit)

    well, steps = checked(kit)

    assert [step for step in steps if step.problem] == []
    assert well
    assert [step.name for step in steps] == [
        "kit my-team is whole",
        "a project from the starter example with the profile small",
        "a project from the starter example with the profile a100x1",
        "the tests of a project from example",
        "a project of v0.1.0 updated to what is here",
    ]
    assert tree(kit) == before
    assert git("status", "--porcelain", cwd=kit) == "?? files/NEWS.md"
    assert "wandb-flyte kit check" in (kit / ".github" / "workflows" / "ci.yml").read_text()


def test_a_kit_has_no_compiled_file(tmp_path: Path) -> None:
    """What an installed package has compiled of its starter does not get into a kit."""
    templates = tmp_path / "kit"
    shutil.copytree(templates_folder() / "kit", templates)
    example = templates / "starters" / "example"
    py_compile.compile(str(example / "objective.py"))
    assert (example / "__pycache__").is_dir()

    made = tmp_path / "made"
    render(Template(str(templates), ""), made, {"name": "my-team", "extends": ""})

    assert (made / "starters" / "example" / "objective.py").is_file()
    assert not (made / "starters" / "example" / "__pycache__").exists()


@pytest.mark.long
def test_a_starter_that_makes_no_project(tmp_path: Path) -> None:
    """Each step that fails says why, and the others are taken all the same."""
    kit = new_kit("my-team", tmp_path / "my-team").path
    (kit / "starters" / "example" / "sweep.yaml").write_text("method: guess\n")

    well, steps = checked(kit)

    assert not well
    problems = {step.name: step.problem for step in steps if step.problem}
    assert "guess" in problems["a project from the starter example with the profile small"]
    assert problems["the tests of a project from example"] == "There is no project to test."


def test_a_kit_that_is_none(tmp_path: Path) -> None:
    """What is wrong stands in the kit's own files, by the names that they have there."""
    kit = new_kit("my-team", tmp_path / "my-team").path
    (kit / "kit.toml").write_text('name = "my-team"\ncolour = "red"\n')

    with pytest.raises(InvalidInput) as raised:
        checked(kit)

    assert [found.file for found in raised.value.findings] == ["kit.toml"]


@pytest.mark.long
def test_a_profile_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Projects have it: that is told, and wrong where it is the default one. So are no tests."""
    kit = new_kit("my-team", tmp_path / "my-team").path
    toml = kit / "kit.toml"
    whole = toml.read_text()
    monkeypatch.setattr("wandb_flyte.generate.kits.check.find_spec", lambda name: None)
    head, *profiles = re.split(r"(?m)^(?=\[profiles\.)", whole)
    rest = re.search(r"(?ms)^\[(?!profiles).*", profiles[-1])

    for gone, kept in (("a100x1", "small"), ("small", "a100x1")):
        left = next(text for text in profiles if text.startswith(f"[profiles.{kept}]"))
        text = head.replace('profile = "small"', f'profile = "{kept}"') + left
        toml.write_text(text if not rest or rest[0] in left else text + rest[0])

        well, steps = checked(kit)

        assert well == (gone == "a100x1")
        told = steps[-1].note or steps[-1].problem
        assert told.startswith(f"Projects made with `{gone}`, which is gone, run nothing until")
        assert steps[-2].note.startswith("Not run: ")


def test_a_name_that_no_kit_can_have(tmp_path: Path) -> None:
    """It is refused, and nothing is made."""
    with pytest.raises(InvalidInput, match="The kit's name can't be `My Team`"):
        new_kit("My Team", tmp_path / "kit")

    assert not (tmp_path / "kit").exists()


@pytest.mark.long
def test_a_kit_on_one_that_fixes_everything(tmp_path: Path) -> None:
    """What `kit new` makes never says what the kit below does not let it say.

    `extends` stands in its `kit.toml` as a whole path.
    """
    org = KitRepository(new_kit("org", tmp_path / "org").path)
    org.release(
        "1.0.0",
        {
            "kit.toml": """\
            name = "org"
            [fixed]
            entity = "acme"
            project = "all"
            agents = 1
            profile = "one"
            secret = "acme_key"
            host = "https://wandb.example.com"
            [caps]
            trials = 8
            agents = 1
            [profiles.one]
            cpu = 1
            """
        },
    )
    team = new_kit("team", tmp_path / "team", extends=f"{org.folder}@1.0.0").path

    well, steps = checked(team)

    assert f'extends = "{org.folder}@1.0.0"' in (team / "kit.toml").read_text()
    assert [step for step in steps if step.problem] == []
    assert well


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("nowhere", "is not there. Say where it is: a git URL"),
        ("org@9.9.9", "has no version `9.9.9`. It has 0.1.0."),
        ("empty", "is no git repository. Make it one"),
        ("git://example.org/kit", "is no `https://`, `ssh://` or `file://` URL."),
        ("org", "The kit that it builds on is `org` too. Choose another."),
    ],
)
def test_a_base_that_can_not_be(
    base: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kit on what is no kit is refused by name, and nothing is made."""
    monkeypatch.chdir(tmp_path)
    new_kit("org", Path("org"))
    Path("empty").mkdir()
    before = sorted(Path().iterdir())

    with pytest.raises(InvalidInput) as caught:
        new_kit("org", Path("team"), extends=base)

    assert message in str(caught.value)
    assert sorted(Path().iterdir()) == before
