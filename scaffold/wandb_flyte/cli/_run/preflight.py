"""What is wrong with a project, as far as reading it tells: before anything starts."""

from __future__ import annotations

import ast
import os
import shlex
import sys
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from wandb_flyte.cli._project import Project
from wandb_flyte.errors import Finding, InvalidInput

if TYPE_CHECKING:
    from wandb_flyte.spec import SweepConfig, SweepDocument


def project_findings(project: Project) -> list[Finding]:
    """What is wrong with the sweep config and the objective, each with its file and line.

    Neither the objective nor its libraries are imported for it.
    """
    findings: list[Finding] = []
    try:
        document, sweep = _read(project)
    except InvalidInput as error:
        findings += error.findings
    else:
        findings += _arguments(project, sweep, document)
    return findings + _objective(project)


def read_sweep(project: Project) -> SweepConfig:
    """The project's sweep config, checked.

    Raises:
        InvalidInput: It is no sweep config; every finding at once, with its file and line.
    """
    return _read(project)[1]


def _read(project: Project) -> tuple[SweepDocument, SweepConfig]:
    from wandb_flyte.spec import check_sweep, load_sweep, parse_sweep

    place = shown(project.sweep_file)
    if not project.sweep_file.is_file():
        hint = f"`git checkout HEAD -- {place}` brings the committed one back."
        raise InvalidInput([Finding("There is no such file.", hint, str(place), code="WF001")])
    document = load_sweep(place)
    findings = [finding for finding in check_sweep(document) if finding.severity == "error"]
    if findings:
        raise InvalidInput(findings)
    return document, parse_sweep(document.raw)


def _arguments(project: Project, sweep: SweepConfig, document: SweepDocument) -> list[Finding]:
    """What makes every trial fail at once, and is then said in a file of the runtime's."""
    from wandb_flyte.generate.check.suppress import is_silenced
    from wandb_flyte.generate.checks import check_arguments
    from wandb_flyte.generate.user_code.objective import ObjectiveRef, read_objective

    ref = ObjectiveRef(shown(project.objective_file), project.objective)
    try:
        objective = read_objective(ref)
    except InvalidInput:
        return []  # workflow.py may import another one.
    found = check_arguments(objective, sweep, document)
    return [one for one in found if not is_silenced(one)]


def _objective(project: Project) -> list[Finding]:
    from wandb_flyte.spec import NotPython, parse_python

    file = project.objective_file
    place = str(shown(file))
    try:
        module = parse_python(file.read_bytes())
    except OSError:
        return []  # Nothing says that it has to be there: workflow.py may import another file.
    except NotPython as error:
        return [Finding(error.message, file=place, line=error.line)]
    if str(project.root) not in sys.path:
        sys.path.insert(0, str(project.root))
    absent = {name: line for name, line in _imported(module).items() if not _is_there(name)}
    named = _dependencies(project) if absent else []
    return [
        Finding(f"`{name}` is not installed.", _install(name, named), place, line)
        for name, line in absent.items()
    ]


def _install(module: str, dependencies: Sequence[str]) -> str:
    """How to get a module that is not here: what the project needs gives it, or does not."""
    from wandb_flyte.generate.user_code._imports import is_required

    for requirement in dependencies:
        if is_required(module.lower(), [requirement]):
            return f"Install what pyproject.toml names: `pip install {shlex.quote(requirement)}`."
    return "Install the package that it comes from, and name it in pyproject.toml."


def _dependencies(project: Project) -> list[str]:
    """The requirements in pyproject.toml, none where it can't be read."""
    try:
        read = tomllib.loads((project.root / "pyproject.toml").read_text("utf-8"))
        return [str(one) for one in read["project"]["dependencies"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _imported(module: ast.Module) -> dict[str, int]:
    """The outermost packages that importing a file needs in any case, with their first lines."""
    found: dict[str, int] = {}
    for node in module.body:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            found.setdefault(name.partition(".")[0], node.lineno)
    return found


def _is_there(name: str) -> bool:
    # What sits in sys.modules without a spec, as `__main__` does, is there all the same.
    with suppress(ValueError):
        return find_spec(name) is not None
    return True


def shown(file: Path) -> Path:
    """The file as the user would name it from here."""
    here = Path.cwd()
    return Path(os.path.relpath(file, here)) if file.is_relative_to(here) else file
