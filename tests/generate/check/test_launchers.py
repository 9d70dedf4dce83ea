"""Which code a sweep config without a program is for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.checking import compare_files

SWEEP = "method: grid\nmetric: {name: loss}\nparameters: {lr: {values: [0.1, 0.2]}}\n"
OBJECTIVE = (
    "import wandb\nimport yaml\n\n\n"
    "def train():\n    with wandb.init() as run:\n        run.log({'loss': run.config.lr})\n\n\n"
)
AGENT = (
    "if __name__ == '__main__':\n    with open('sweep.yaml') as file:\n"
    "        config = yaml.safe_load(file)\n    wandb.agent(wandb.sweep(config), function=train)\n"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a sweep config, and `run.py`, which starts agents for it."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "sweep.yaml").write_text(SWEEP)
    (folder / "run.py").write_text(OBJECTIVE + AGENT)
    return folder


def compared() -> tuple[list[Finding], Path | None]:
    """What is found in `sweep.yaml`, and the code that it was compared with."""
    return compare_files(Path("sweep.yaml"), None, ())


@pytest.mark.usefixtures("here")
def test_the_code_that_loads_it() -> None:
    """The function of its agent is what the sweep config is compared with."""
    assert compared() == ([], Path("run.py"))


@pytest.mark.parametrize(
    "copy", ["build/lib/run.py", "old/run.py", "tests/run.py", "test_run.py", "sub/run.py"]
)
def test_copies_of_it_do_not_hide_it(here: Path, copy: str) -> None:
    """What is built, put away, a test or further from the sweep config is not meant."""
    (here / copy).parent.mkdir(parents=True, exist_ok=True)
    (here / copy).write_text(OBJECTIVE.replace("train", "other") + AGENT)

    assert compared()[1] == Path("run.py")


def test_projects_made_of_it_do_not_hide_it(here: Path) -> None:
    """The objective of a generated project is its own copy."""
    (here / "demo/demo").mkdir(parents=True)
    (here / "demo/.copier-answers.yml").write_text("_commit: 1\n")
    (here / "demo/demo/objective.py").write_text(OBJECTIVE + AGENT)

    assert compared()[1] == Path("run.py")


@pytest.mark.parametrize(
    "change",
    [
        ("'sweep.yaml'", "'other.yaml'"),
        ("    wandb.agent", "    config['metric'] = {'name': 'acc'}\n    wandb.agent"),
        ("(config)", "(config['inner'])"),
        ("wandb.agent(wandb.sweep(config)", "wandb.sweep(config)\n    wandb.agent('me/p/abc'"),
        (", function=train", ""),
    ],
)
def test_code_that_is_for_another_one(here: Path, change: tuple[str, str]) -> None:
    """It loads another file, makes another sweep of this one, or runs trials of another."""
    (here / "run.py").write_text((OBJECTIVE + AGENT).replace(*change))

    assert compared() == ([], None)


def test_a_function_of_another_functions(here: Path) -> None:
    """A parameter of the function's name is what the agent gets: the code is read as a program."""
    inner = AGENT.removeprefix("if __name__ == '__main__':\n")
    code = OBJECTIVE + f"def main(train=print):\n{inner}\n\nmain()\n"
    (here / "run.py").write_text(code.replace("config.lr", "config.depth"))

    findings, file = compared()

    assert file == Path("run.py")
    assert "The program reads `depth`" in str(findings[0])


def test_nothing_outside_is_read(here: Path) -> None:
    """Links that lead out of the folder, pipes and devices are no code for it."""
    outside = here.parent / "outside.py"
    outside.write_text(OBJECTIVE + AGENT)
    (here / "run.py").unlink()
    (here / "linked.py").symlink_to(outside)
    (here / "endless.py").symlink_to("/dev/zero")
    (here / "itself.py").symlink_to("itself.py")
    os.mkfifo(here / "pipe.py")

    assert compared() == ([], None)


@pytest.mark.parametrize("name", ["sw\0eep.yaml", "\ud800.yaml", "a" * 300 + ".yaml", "/dev/zero"])
def test_names_that_are_none(here: Path, name: str) -> None:
    """A file that can't be there keeps nobody from being told of the others."""
    code = OBJECTIVE + AGENT.replace("'sweep.yaml'", ascii(name))
    (here / "run.py").write_text(code)

    assert compared() == ([], None)
    (finding,) = compare_files(Path("run.py"), None, ())[0]
    assert finding.code == "WF001"


def test_a_pipe_as_the_program(here: Path) -> None:
    """It is not waited for."""
    os.mkfifo(here / "train.py")
    (here / "sweep.yaml").write_text(f"program: train.py\n{SWEEP}")

    (finding,) = compared()[0]
    assert finding.code == "WF205"
