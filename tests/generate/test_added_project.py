"""A project with two added sweeps: its tree, its tools, its own tests, its way to a cluster.

`UPDATE_GOLDEN=1 pytest tests/generate/test_added_project.py` writes the tree anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.generate.add import add_sweep
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.user_code.objective import ObjectiveRef

from .golden import assert_golden
from .test_project import Variant, prebuilt
from .updates import save

OBJECTIVE = '''\
"""An objective that came as it is, in a style of its own."""
import math, wandb

async def fit(cfg: dict):
  wandb.log({'score': math.sin(cfg['x'])})
'''
SWEEP = """\
method: grid
metric: {name: score, goal: maximize}
parameters:
  x: {values: [0, 1]}
"""
LONG = "a-search-with-a-name-as-long-as-it-can-b"


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Variant:
    """A project whose second sweep has its own objective, and whose third one shares the first."""
    folder = tmp_path_factory.mktemp("projects")
    variant = Variant("more", "waves", folder / "waves", folder / "home")
    variant.home.mkdir()
    (folder / "train.py").write_text(OBJECTIVE)
    (folder / "sweep.yaml").write_text(SWEEP)
    (folder / "wide.yaml").write_text(SWEEP.replace("[0, 1]", "[0, 10]"))
    objective = ObjectiveRef(folder / "train.py", "fit")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(variant.home))
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Ada")
            patch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
        new_project(
            NewProject(
                "waves", variant.path, objective, folder / "sweep.yaml", agents=1, backend="local"
            )
        )
        for name, of, spec in (("deep", objective, "sweep.yaml"), ("Wide-one", None, "wide.yaml")):
            wish = NewProject(name, variant.path, of, folder / spec, agents=3, into=variant.path)
            add_sweep(wish)
            save(variant.path)
    return variant


def test_its_tree_is_the_golden_one(more: Variant) -> None:
    """Every file is as expected, none is missing, none is new."""
    assert_golden(more.path, more.name)


@pytest.mark.long
def test_it_is_clean_under_its_own_tools(more: Variant) -> None:
    """Formatter, linter, type checker and `check` have nothing to say."""
    more.run("ruff", "format", "--check", "--no-cache", ".")
    more.run("ruff", "check", "--no-cache", ".")
    more.run("mypy")
    assert more.run("wandb-flyte", "check", "--strict").startswith("Nothing is wrong in ")


@pytest.mark.long
def test_long_names_are_clean_too(more: Variant, tmp_path: Path) -> None:
    """Imports that are too long for a line are as the formatter writes them."""
    (tmp_path / "train.py").write_text(OBJECTIVE.replace("fit", f"fit_{'x' * 30}"))
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    copy = prebuilt(more, tmp_path)
    save(copy.path)
    objective = ObjectiveRef(tmp_path / "train.py", f"fit_{'x' * 30}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(more.home))
        add_sweep(NewProject(LONG, copy.path, objective, tmp_path / "sweep.yaml", into=copy.path))

    copy.run("ruff", "format", "--check", "--no-cache", ".")
    copy.run("ruff", "check", "--no-cache", ".")


def test_its_own_tests_pass(more: Variant) -> None:
    """As generated, with real sweeps of one that was added; the others' are files like it."""
    tests = sorted(file.name for file in (more.path / "tests").iterdir())
    assert tests == ["test_sweep_deep.py", "test_sweep_wide_one.py", "test_workflow.py"]

    printed = more.run("pytest", "-q", "-p", "no:cacheprovider", f"tests/{tests[0]}")

    assert "3 passed" in printed


def test_every_sweep_is_deployed(more: Variant, tmp_path: Path) -> None:
    """Flyte takes them all at once, each with its own environments, and the same image."""
    project = prebuilt(more, tmp_path)

    printed = project.deploy("--all", "--recursive", "waves")

    for environment in ("waves", "waves-deep", "waves-wide_one"):
        assert f"{environment}.run_parallel_sweep" in printed
        assert f"{environment}-agent.sweep_agent" in printed
    assert "ghcr.io/acme/train:1" in printed
