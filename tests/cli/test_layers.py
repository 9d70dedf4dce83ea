"""What commands call neither prints nor asks nor exits: it can be called from anywhere."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from wandb_flyte import cli

FOLDER = Path(cli.__file__).parent
STANDARD = sys.stdlib_module_names
# The root command, what prints, the displays, and the questions.
EDGE = {
    "_app.py",
    "_lazy.py",
    "_options.py",
    "_output.py",
    "_display.py",
    "_progress.py",
    "_questions.py",
}
LOGIC = [
    *(file for file in sorted(FOLDER.glob("_*.py")) if file.name not in {*EDGE, "__init__.py"}),
    *(file for folder in ("_plan", "_run") for file in sorted((FOLDER / folder).glob("*.py"))),
]
COMMANDS = [
    file for folder in (".", "kit", "local") for file in sorted((FOLDER / folder).glob("[a-z]*.py"))
]


@pytest.mark.parametrize("file", LOGIC, ids=lambda file: file.name)
def test_logic_does_not_talk(file: Path) -> None:
    """A module that commands call imports no click and calls neither print, input nor exit."""
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if "click" in names or module.partition(".")[0] == "click":
                found.append(f"{node.lineno}: click")
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in {"print", "input", "exit", "quit", "sys.exit", "os._exit"}:
                found.append(f"{node.lineno}: {called}")

    assert found == []


@pytest.mark.parametrize("file", COMMANDS, ids=lambda file: file.name)
def test_command_files_import_lightly(file: Path) -> None:
    """A command's module imports click and the standard library at its top, nothing heavier."""
    light = {"click", "wandb_flyte.cli", "wandb_flyte.errors"}
    light |= {
        f"wandb_flyte.cli.{name}" for name in ("_options", "_output", "_progress", "_signals")
    }
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    assert {name for name in imported - light if name.split(".")[0] not in STANDARD} == set()
