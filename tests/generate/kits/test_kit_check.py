"""`kit new` makes a kit that passes `kit check`, and `kit check` finds what is wrong."""

from __future__ import annotations

import py_compile
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


def checked(kit: Path) -> tuple[bool, list[KitStep]]:
    """Checks a kit, and gives its steps."""
    steps: list[KitStep] = []
    return check_kit(kit, steps.append), steps


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


def test_a_starter_that_makes_no_project(tmp_path: Path) -> None:
    """Each step that fails says why, and the others are taken all the same."""
    kit = new_kit("my-team", tmp_path / "my-team").path
    (kit / "starters" / "example" / "sweep.yaml").write_text("method: guess\n")

    well, steps = checked(kit)

    assert not well
    problems = {step.name: step.problem for step in steps if step.problem}
    assert "guess" in problems["a project from the starter example with the profile small"]
    assert problems["the tests of a project from example"] == "There is no project to test."


def test_a_name_that_no_kit_can_have(tmp_path: Path) -> None:
    """It is refused, and nothing is made."""
    with pytest.raises(InvalidInput, match="The kit's name can't be `My Team`"):
        new_kit("My Team", tmp_path / "kit")

    assert not (tmp_path / "kit").exists()


def test_a_kit_on_a_kit(tmp_path: Path) -> None:
    """`extends` stands in its `kit.toml` as a whole path."""
    org = new_kit("org", tmp_path / "org").path

    team = new_kit("team", tmp_path / "team", extends=f"{org}@0.1.0").path

    assert f'extends = "{org}@0.1.0"' in (team / "kit.toml").read_text()
