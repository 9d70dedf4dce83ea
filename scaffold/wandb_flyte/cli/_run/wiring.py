"""Whether a project's files go together, before anything starts."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

from wandb_flyte.cli._project import Project
from wandb_flyte.cli._run.preflight import project_findings, shown
from wandb_flyte.cli._run.request import RunRequest
from wandb_flyte.errors import Finding, InvalidInput, UserError

# What wandb refuses in a project's name.
_REFUSED = "/\\#?%:"
_LONGEST = 128


def check_project(request: RunRequest) -> None:
    """Look at what a run would stop at only after seconds, once Flyte has imported the workflow.

    Raises:
        InvalidInput: Something is wrong; every finding at once, with its file and line.
    """
    findings = _as_named_here(request.project, _wiring(request))
    findings = [*project_findings(request.project), *findings]
    if findings:
        raise InvalidInput(findings)


def check_settings(project: Project) -> None:
    """Look at what stands in the way of any use of a project's settings and sweep config.

    Raises:
        InvalidInput: Something is wrong; every finding at once, with its file and line.
    """
    findings = [*project_findings(project), *_as_named_here(project, _settings(project))]
    if findings:
        raise InvalidInput(findings)


def _as_named_here(project: Project, findings: Iterable[Finding]) -> list[Finding]:
    """The findings, with their files as the user would name them from here."""
    return [
        replace(found, file=str(shown(project.root / found.file))) if found.file else found
        for found in findings
    ]


def _wiring(request: RunRequest) -> list[Finding]:
    """What of the workflow, the settings and the objective's name does not go together."""
    project = request.project
    if findings := _settings(project):
        return findings
    settings = project.load("settings")
    findings = list(_project_name(project, getattr(settings, "PROJECT", "")))
    given = {
        "TRIALS": request.budget is not None or bool(request.sweep),
        "AGENTS": request.agents is not None,
    }
    for name, said in given.items():
        if not said and hasattr(settings, name):
            findings += _count(project, name, getattr(settings, name))
    workflow = _parsed(project.root.joinpath(*project.module.split("."), "workflow.py"))
    if workflow is not None:
        file = f"{project.module.replace('.', '/')}/workflow.py"
        findings += _unset(workflow, file, settings, settings_file(project))
        findings += _objective(workflow, file, project)
    return findings


def _settings(project: Project) -> list[Finding]:
    """Why the settings can't be had."""
    try:
        project.load("settings")
    except UserError as error:
        absent = isinstance(error.__cause__, KeyError | AttributeError)
        told = list(_of_team(project)) if absent else []
        return told or [Finding(error.message, error.hint)]
    return []


def _of_team(project: Project) -> Iterator[Finding]:
    """What settings.py takes from the project's team.py that its kits do not have, or no more."""
    file = settings_file(project)
    module = _parsed(project.root / file)
    if module is None or not (project.root / project.package / "team.py").is_file():
        return
    try:
        team = project.load_module(f"{project.package}.team")
    except UserError:
        return
    given = f"{project.package}/team.py"
    for node in ast.walk(module):
        match node:
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id="team"), attr=table),
                slice=ast.Constant(value=str(name)),
                ctx=ast.Load(),
            ) if isinstance(known := getattr(team, table, None), dict) and name not in known:
                names = ", ".join(f"`{one}`" for one in known)
                hint = f"There is {names}." if names else "The project's kits have none."
                message = f"`{table}` in {given} has no `{name}`."
                yield Finding(message, hint, file, node.lineno)
            case ast.Attribute(value=ast.Name(id="team"), attr=name, ctx=ast.Load()) if not hasattr(
                team, name
            ):
                yield Finding(f"{given} has no `{name}`.", "", file, node.lineno)


def settings_file(project: Project) -> str:
    """The project's settings.py as messages name it."""
    return f"{project.module.replace('.', '/')}/settings.py"


def at_least_one(project: Project, name: str, value: object) -> int:
    """What the settings say of a number of trials or agents.

    Raises:
        InvalidInput: It is no such number.
    """
    if findings := _count(project, name, value):
        raise InvalidInput(findings)
    return cast(int, value)


def _count(project: Project, name: str, value: object) -> list[Finding]:
    if type(value) is int and value >= 1:
        return []
    message = f"`{name}` is `{value}`: a sweep needs at least one {name.lower()[:-1]}."
    hint = f"Give the number of {name.lower()}."
    if type(value) is not int:
        what = "text" if isinstance(value, str) else "no whole number"
        message = f"`{name}` is {what}, `{value!r}`."
        number = str(value).strip()
        hint = f"Write `{name} = {number if number.isdecimal() else 1}`."
    file = settings_file(project)
    return [Finding(message, hint, file, setting_line(project.root / file, name))]


def setting_line(settings: Path, name: str) -> int | None:
    """Where settings.py gives a name its value last; None where that is not written out."""
    module = _parsed(settings)
    found = None
    for node in module.body if module else ():
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(one, ast.Name) and one.id == name for one in targets):
            found = node.lineno
    return found


def _project_name(project: Project, name: object) -> Iterator[Finding]:
    file = settings_file(project)
    line = setting_line(project.root / file, "PROJECT")
    if not isinstance(name, str):
        yield Finding(f"`PROJECT` is `{name!r}`, which is no text.", "Write a name.", file, line)
    elif found := [character for character in name if character in _REFUSED]:
        message = f"`PROJECT` is `{name}`: W&B takes no `{found[0]}` in a project's name."
        yield Finding(message, "Use letters, digits, `-` and `_`.", file, line)
    elif len(name) > _LONGEST:
        message = f"`PROJECT` has {len(name)} characters."
        yield Finding(message, f"W&B takes {_LONGEST} at most.", file, line)


def _unset(workflow: ast.Module, file: str, settings: object, place: str) -> Iterator[Finding]:
    """What the workflow reads of the settings and they do not have, each once."""
    told: set[str] = set()
    for node in ast.walk(workflow):
        match node:
            case ast.Name(id="settings", ctx=ast.Store()) | ast.arg(arg="settings"):
                return  # Something of the workflow's own, here or there.
    for node in ast.walk(workflow):
        match node:
            case ast.Attribute(value=ast.Name(id="settings"), attr=name, ctx=ast.Load()):
                if name not in told and not hasattr(settings, name):
                    told.add(name)
                    message = f"`{name}` is missing, and {file}:{node.lineno} reads it."
                    yield Finding(message, f"Write `{name} = …`.", place)


def _objective(workflow: ast.Module, file: str, project: Project) -> Iterator[Finding]:
    """What the workflow imports from the objective's file and this does not define."""
    objective = _parsed(project.objective_file)
    defined = None if objective is None else _defined(objective)
    if defined is None:
        return
    place = str(project.objective_file.relative_to(project.root))
    for node in workflow.body:
        if not isinstance(node, ast.ImportFrom) or not _is_from(node, project):
            continue
        for alias in node.names:
            if alias.name not in (*defined, "*"):
                message = f"There is no function `{alias.name}`, and {file}:{node.lineno} needs it."
                yield Finding(message, f"Name it `{alias.name}` again.", place)


def _is_from(node: ast.ImportFrom, project: Project) -> bool:
    package, _, name = project.objective_module.rpartition(".")
    if node.level:
        return node.level == 1 and node.module == name and package == project.module
    return node.module == project.objective_module


def _defined(module: ast.Module) -> set[str] | None:
    """The names that a file may give, None when any is possible."""
    names: set[str] = set()
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Import(names=imported) | ast.ImportFrom(names=imported):
                names |= {(each.asname or each.name).partition(".")[0] for each in imported}
    return None if names & {"*", "__getattr__", "globals"} else names


def _parsed(file: Path) -> ast.Module | None:
    from wandb_flyte.spec import NotPython, parse_python

    try:
        return parse_python(file.read_bytes())
    except (OSError, NotPython):
        return None  # That is told elsewhere.
