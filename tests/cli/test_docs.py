"""The documentation names everything there is, and nothing that is not there."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import wandb_flyte
from wandb_flyte.cli import _app
from wandb_flyte.cli._lazy import LazyGroup

from .conftest import RunCli

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "scaffold" / "wandb_flyte"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(group: LazyGroup, path: str = "wandb-flyte") -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name."""
    for name in group.lazy:
        command = group.get_command(click.Context(group), name)
        if isinstance(command, LazyGroup):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


ALL = dict(commands(_app.cli))


@pytest.mark.parametrize("path", ALL)
def test_every_option_is_documented(path: str) -> None:
    """Each command has a section in the reference, and in it stands each of its options."""
    text = (ROOT / "docs" / "cli.md").read_text()
    sections = re.split(r"^## ", text, flags=re.MULTILINE)
    section = [part for part in sections if re.match(rf"{path}( |\n)", part)]

    assert len(section) == 1
    options = [
        option
        for parameter in ALL[path].params
        for option in parameter.opts
        if option.startswith("--")
    ]
    assert [option for option in options if f"`{option}" not in section[0]] == []


@pytest.mark.parametrize("path", ALL)
def test_no_option_is_invented(path: str) -> None:
    """What a command's section calls its options are options of it."""
    text = (ROOT / "docs" / "cli.md").read_text()
    section = next(
        part
        for part in re.split(r"^## ", text, flags=re.MULTILINE)
        if re.match(rf"{path}( |\n)", part)
    )
    known = {option for parameter in ALL[path].params for option in parameter.opts}
    rows = re.findall(r"^\| `(--[a-z-]+)", section, flags=re.MULTILINE)

    assert [row for row in rows if row not in known] == []


def test_every_variable_is_documented() -> None:
    """Each environment variable that the code reads or sets is explained."""
    named = re.compile(r"[\"'](WANDB_[A-Z_]*[A-Z]|FLYTE_[A-Z_]*[A-Z]|NETRC|NO_COLOR)[\"']")
    used = {
        name for file in SOURCE.rglob("*.py") for name in named.findall(file.read_text("utf-8"))
    }
    text = (ROOT / "docs" / "settings.md").read_text()

    assert used
    assert sorted(name for name in used if name not in text) == []


def test_every_public_name_is_documented() -> None:
    """Each name that the package exports is explained in the runtime's page."""
    text = (ROOT / "docs" / "runtime.md").read_text()

    words = set(re.findall(r"\w+", text))
    assert [name for name in wandb_flyte.__all__ if name not in words] == []


def test_every_setting_is_documented() -> None:
    """Each name in a project's settings.py is explained."""
    template = ROOT / "templates" / "project" / "{{ package }}" / "settings.py.jinja"
    names = set(re.findall(r"^([A-Z_]+)(?::| =)", template.read_text(), flags=re.MULTILINE))
    text = (ROOT / "docs" / "settings.md").read_text()

    assert names
    assert sorted(name for name in names if f"`{name}`" not in text) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Links to files of the repository lead to files."""
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())

    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shown_commands_exist(page: Path) -> None:
    """Every command line that a page shows is one that the command line takes."""
    shown = re.findall(r"^(?: {4})?(wandb-flyte .*)$", page.read_text(), flags=re.MULTILINE)
    for line in shown:
        words = shlex.split(line, comments=True)[1:]
        path, command = _resolve(words)
        command.make_context(path, words[len(path.split()) - 1 :])


def _resolve(words: list[str]) -> tuple[str, click.Command]:
    for length in (1, 2):
        path = " ".join(["wandb-flyte", *words[:length]])
        if path in ALL:
            return path, ALL[path]
    raise AssertionError(f"no such command: {words}")


@pytest.mark.usefixtures("clean_environment")
def test_readme_example_runs(run_cli: RunCli, tmp_path: Path) -> None:
    """The README's first example does what it says, in a shell, on a machine without accounts."""
    readme = (ROOT / "README.md").read_text()
    example = readme.partition("<!-- tested -->\n```sh\n")[2].partition("```")[0]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    start = ["bash", "-eu", "-c", example]
    done = run_cli(start=start, cwd=tmp_path, env={"PATH": path}, timeout_s=300)

    assert done.code == 0, done.out + done.err
    assert "8 of 8 trials finished" in done.out
    assert done.out.count("val_loss = ") == 1


def first_python_block(page: str) -> str:
    """The first Python example of a page."""
    text = (ROOT / "docs" / page).read_text()
    return text.partition("```python\n")[2].partition("```")[0]


@pytest.mark.usefixtures("clean_environment")
def test_runtime_example_runs(run_cli: RunCli, tmp_path: Path) -> None:
    """The sweep in the runtime's page runs as it stands."""
    (tmp_path / "digits.py").write_text(first_python_block("runtime.md"))
    done = run_cli(
        start=[sys.executable, "digits.py"], cwd=tmp_path, env={"WANDB_FLYTE_BACKEND": "local"}
    )

    assert done.out.splitlines()[-1] == "{'finished': 4}", done.err


@pytest.mark.usefixtures("clean_environment")
def test_fixture_example_runs(run_cli: RunCli, tmp_path: Path) -> None:
    """The test in the local backend's page passes as it stands."""
    (tmp_path / "test_it.py").write_text(first_python_block("local-backend.md"))
    done = run_cli(start=[sys.executable, "-m", "pytest", "-q", "test_it.py"], cwd=tmp_path)

    assert "1 passed" in done.out, done.out
