"""A sweep that is added to a project: its files, what of the project changes, what is refused."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.generate.add import SweepAddition, add_sweep
from wandb_flyte.generate.updates.drift import find_drift, restore_file

from .helpers import SECOND, git, refused, shared, tree, wanted
from .kits.workshop import KitRepository
from .updates import save

TREE = {
    "demo/sweeps/__init__.py",
    *(
        f"demo/sweeps/second/{name}"
        for name in (
            *("__init__.py", "__main__.py", "objective.py", "params.py"),
            *("settings.py", "sweep.yaml", "workflow.py"),
        )
    ),
    "tests/test_sweep_second.py",
}


@pytest.fixture
def project(work: Path, demo: Path) -> Path:
    """A project, and `second.yaml` beside it."""
    (work / "second.yaml").write_text(SECOND)
    return demo


def kinds(added: SweepAddition) -> dict[str, str]:
    """What happened to each file."""
    return {change.path: change.kind for change in added.changes}


def test_an_objective_and_a_sweep_config(project: Path, work: Path) -> None:
    """The sweep gets a folder of its own, both files as they were, and tests."""
    before = tree(project)

    added = add_sweep(wanted(project))

    after = tree(project)
    assert {name for name, kind in kinds(added).items() if kind == "new"} == TREE
    assert set(after) - set(before) == TREE
    assert {name for name in before if after[name] != before[name]} == {
        *(".copier-answers.yml", "README.md", "pyproject.toml")
    }
    assert after["demo/sweeps/second/objective.py"] == (work / "train.py").read_bytes()
    assert after["demo/sweeps/second/sweep.yaml"] == SECOND.encode()
    settings = after["demo/sweeps/second/settings.py"].decode()
    assert 'PROJECT = "demo-second"\n' in settings
    assert "TRIALS = 2\nAGENTS = 2\n" in settings
    assert "IMAGE = settings.IMAGE\n" in settings


def test_a_sweep_config_alone_is_for_the_projects_objective(project: Path) -> None:
    """No objective is copied, and the tasks take the project's own."""
    added = add_sweep(shared(project))

    assert added.objective == "demo/objective.py"
    assert set(kinds(added)) == {
        *(TREE - {"demo/sweeps/second/objective.py"}),
        *(".copier-answers.yml", "README.md"),
    }
    workflow = (project / "demo/sweeps/second/workflow.py").read_text()
    assert "from demo.objective import train\n" in workflow


def test_a_sweep_config_with_a_program(project: Path, work: Path) -> None:
    """The program comes along, and the objective finds it beside itself."""
    (work / "script.py").write_text("import wandb\nwandb.init().log({'loss': 1})\n")
    (work / "script.py").chmod(0o755)
    (work / "second.yaml").write_text(f"program: script.py\n{SECOND}")

    add_sweep(shared(project))

    home = project / "demo/sweeps/second"
    assert (home / "program/script.py").read_text() == (work / "script.py").read_text()
    assert os.access(home / "program/script.py", os.X_OK)
    assert "ROOT = Path(__file__).resolve().parent\n" in (home / "objective.py").read_text()
    assert "include=(str(SWEEP_FILE), str(PROGRAM))" in (home / "workflow.py").read_text()


def test_what_it_needs_is_added_to_the_project(project: Path, work: Path) -> None:
    """The project depends on what the new objective imports too."""
    (work / "train.py").write_text("import numpy\n" + (work / "train.py").read_text())

    add_sweep(wanted(project))

    assert '    "numpy' in (project / "pyproject.toml").read_text()


def test_edits_stay(project: Path) -> None:
    """What the user changed in the project's files is still there, and other files are left."""
    readme = project / "README.md"
    readme.write_text(readme.read_text() + "\nMine.\n")
    (project / "demo/workflow.py").unlink()
    save(project)
    (project / "notes.txt").write_text("not committed\n")

    added = add_sweep(wanted(project))

    assert kinds(added)["README.md"] == "merged"
    assert readme.read_text().endswith("\nMine.\n")
    assert "demo/sweeps/second/" in readme.read_text()
    assert not (project / "demo/workflow.py").exists()


def test_a_conflict_is_marked(project: Path) -> None:
    """Lines that the user and the template changed get markers, in git's index too."""
    readme = project / "README.md"
    line = "| `demo/settings.py` | where it runs, with what, and how much |\n"
    readme.write_text(readme.read_text().replace(line, "| `demo/settings.py` | mine |\n"))
    save(project)

    added = add_sweep(wanted(project))

    assert [change.path for change in added.conflicts] == ["README.md"]
    assert "<<<<<<< before updating\n" in readme.read_text()
    assert "UU README.md" in git("status", "--porcelain", cwd=project)


def test_a_file_with_uncommitted_changes_is_not_written(project: Path) -> None:
    """What would be merged has to be in git first."""
    readme = project / "README.md"
    readme.write_text(readme.read_text() + "\nMine.\n")

    message = refused(project, wanted(project))

    assert message.startswith("There are changes that are not committed: `README.md`.")


def test_a_project_without_git_gets_a_history(project: Path) -> None:
    """As before an update, it is committed as it is."""
    shutil.rmtree(project / ".git")

    added = add_sweep(wanted(project))

    assert "had no git history" in added.history
    assert "?? demo/sweeps/" in git("status", "--porcelain", cwd=project)


NO_NAMES = {
    "class": "The sweep name `class` is a Python keyword. Try `class-sweep`.",
    "json": (
        "The sweep name `json` would be taken for the module `json` of Python's standard "
        "library. Try `json-sweep`."
    ),
    "Wandb": (
        "The sweep name `Wandb` would be taken for the installed package `wandb`. "
        "Try `wandb-sweep`."
    ),
    "agent": (
        "The sweep name `agent` is what the first sweep's agents are called. Try `agent-sweep`."
    ),
    "../up": (
        "The sweep name `../up` can't be a Python package's. Use ASCII letters and digits "
        "with single `-` or `_` between them, letters first: `up`."
    ),
    "Demo": "The sweep name `Demo` is the project's own. Choose another.",
    "Lr_Search": "This project has a sweep `lr-search` already. Choose another name.",
    "mine": "`demo/sweeps/Mine` is there already. Choose another name.",
    "tested": "`tests/test_sweep_tested.py` is there already. Choose another name.",
}


def test_names_that_can_not_be(project: Path) -> None:
    """A sweep's name is one that a package can have, and that nothing else has."""
    add_sweep(wanted(project, "lr-search"))
    (project / "demo/sweeps/Mine").mkdir()
    (project / "tests/test_sweep_tested.py").touch()
    save(project)

    assert {name: refused(project, wanted(project, name)) for name in NO_NAMES} == NO_NAMES


def test_a_file_in_the_way(project: Path) -> None:
    """A module of the user's by the name of the folder is not shadowed."""
    (project / "demo/sweeps.py").touch()

    assert refused(project, wanted(project)) == (
        "`demo/sweeps.py` is in the way of the folder `demo/sweeps`. Rename it."
    )


def test_a_package_of_the_users_is_left(project: Path) -> None:
    """A `sweeps` package that the user made is not written over."""
    (project / "demo/sweeps").mkdir()
    (project / "demo/sweeps/__init__.py").write_text("mine = 1\n")

    assert refused(project, wanted(project)) == (
        "`demo/sweeps/__init__.py` is there already. Rename it first."
    )


def test_a_link_is_not_followed(project: Path) -> None:
    """Neither one out of the project nor one inside it."""
    elsewhere = project.parent / "elsewhere"
    elsewhere.mkdir()
    (project / "demo/sweeps").symlink_to(elsewhere)

    assert "is a symbolic link out of the project" in refused(project, wanted(project))
    assert list(elsewhere.iterdir()) == []


def test_everything_wrong_is_told_at_once(project: Path, work: Path) -> None:
    """Name, objective and sweep config are all looked at before anything is said."""
    (work / "train.py").write_text("def train(:\n")
    (work / "second.yaml").write_text("method: randm\nparameters: {lr: {min: 2, max: 1}}\n")

    lines = refused(project, wanted(project, "class", trials=0)).splitlines()

    assert lines[0] == "The sweep name `class` is a Python keyword. Try `class-sweep`."
    assert any(line.startswith("train.py:1: ") for line in lines)
    assert any("second.yaml:2" in line for line in lines)
    assert any("--trials" in line for line in lines)


def test_nothing_given(project: Path) -> None:
    """A sweep is not made of nothing; a starter is something."""
    bare = wanted(project, objective=None, spec=None)

    assert refused(project, bare) == (
        "Nothing says what the sweep `second` is. Give `--spec FILE` for the project's objective, "
        "`--objective FILE:NAME` with it for another one, or `--starter NAME`."
    )
    assert add_sweep(replace(bare, starter="quickstart", trials=2)).starter == "quickstart"


def test_outside_of_a_project(work: Path) -> None:
    """There is nothing to add a sweep to."""
    with pytest.raises(UserError) as caught:
        add_sweep(wanted(work))

    assert caught.value.message.startswith(f"`{work}` is not in a project: ")


FORGED = (
    {"name": "../x", "package": "../x", "objective": "f"},
    {"name": "x", "package": "../../x", "objective": "f"},
    {"name": "x", "package": "x", "objective": "f\nimport os"},
    {"name": "x", "package": "x", "objective": "f", "profile": {"a": 1}},
    {"name": "x", "package": "x", "objective": "f", "dependencies": [{"a": 1}]},
    {"name": "x"},
    "x",
)


def test_a_forged_answer_is_refused(project: Path) -> None:
    """A project that came from elsewhere names no file outside of it and no code."""
    answers = project / ".copier-answers.yml"
    genuine = yaml.safe_load(answers.read_text())
    for entry in FORGED:
        answers.write_text(yaml.safe_dump({**genuine, "sweeps": [entry]}))
        save(project)

        assert refused(project, wanted(project)) == (
            ".copier-answers.yml: sweeps[0]: It is no sweep of a project."
        ), entry


@pytest.mark.long
def test_a_removed_sweep_leaves_nothing(project: Path) -> None:
    """Its folder, its tests and its answer are all there is but for the README's words of it."""
    before = tree(project)
    add_sweep(shared(project))
    shutil.rmtree(project / "demo/sweeps")
    (project / "tests/test_sweep_second.py").unlink()
    answers = project / ".copier-answers.yml"
    kept = {key: v for key, v in yaml.safe_load(answers.read_text()).items() if key != "sweeps"}
    answers.write_text(yaml.safe_dump(kept))
    assert [drift.path for drift in find_drift(project).files] == ["README.md"]
    save(project)
    restore_file(project, Path("README.md"))
    after = tree(project)

    assert {name for name in after if after[name] != before.get(name)} == {".copier-answers.yml"}
    assert after.keys() == before.keys()


def test_a_cap_of_the_projects_kits_holds(work: Path, tmp_path: Path) -> None:
    """The kits that the project has decide about the sweep as they did about the first one."""
    (work / "second.yaml").write_text(SECOND)
    kit = KitRepository(tmp_path / "kit")
    toml = """\
        name = "team"
        summary = "Ours"
        [fixed]
        entity = "acme"
        [caps]
        trials = 1
        [profiles.small]
        cpu = 1
    """
    kit.release("1.0.0", {"kit.toml": toml})
    project = kit.project(trials=1)

    assert "2 trials are more than 1, the cap of the kit `team`." in refused(
        project, wanted(project)
    )
    with pytest.raises(InvalidInput):
        add_sweep(wanted(project, trials=1, profile="none"))
    add_sweep(wanted(project, trials=1))
    settings = (project / "demo/sweeps/second/settings.py").read_text()
    assert "ENTITY: str | None = team.ENTITY\n" in settings
    assert 'AGENT_RESOURCES = team.PROFILES["small"]\n' in settings


def test_a_sweep_in_a_python_file(project: Path, work: Path) -> None:
    """Its dict becomes the sweep's own sweep.yaml, and the function of its agent the objective."""
    (work / "tune.py").write_text(
        "import wandb\n\n\ndef main():\n    with wandb.init() as run:\n"
        "        run.log({'score': run.config.x})\n\n\n"
        "wide = {'method': 'grid', 'metric': {'name': 'score', 'goal': 'maximize'},\n"
        "        'parameters': {'x': {'values': [1, 2, 3]}}}\n\n"
        "if __name__ == '__main__':\n    wandb.agent(wandb.sweep(wide), function=main, count=2)\n"
    )

    added = add_sweep(shared(project, "wide", spec=Path("tune.py:wide")))

    home = project / added.folder
    written = yaml.safe_load((home / "sweep.yaml").read_text())
    assert written["parameters"] == {"x": {"values": [1, 2, 3]}}
    assert (home / "objective.py").read_bytes() == (work / "tune.py").read_bytes()
    assert added.trials == 2
