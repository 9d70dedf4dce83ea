"""Modules that a program imports, and that lie where a file started by its path does not look."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from wandb_flyte.analysis.source.kinds import full_name, text
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.tracing.bound_names import imported_as, is_module_in
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.beginning import beginning
from wandb_flyte.generate.check.trial.case import Case, shown
from wandb_flyte.generate.check.trial.command import DEFAULT
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import ANSWERS, show

# What starts a file, and leaves it to Python where its imports come from.
_STARTS = r"\$\{env\}|\$\{interpreter\}|(.*/)?(env|python[\d.]*)|uv|run|-[uBO]+"
# What a repository says about where modules are found, by its files' names.
_SAYS = (
    *(".env*", "*.toml", "*ockerfile*", "[Jj]ustfile", "[Mm]akefile", "requirements*/*.txt"),
    *("*requirements*.txt", ".vscode/settings.json", "*.md", "*.rst", "*.sh", "*.slurm"),
    *("*.sbatch", "*.y*ml", "*/*.sh"),
)
_MOST_FILES = 100
_FOUND = (
    r"(?m)PYTHONPATH|conda[ -]develop|setup\.py (develop|install)"
    r"|pip3? install\b[^\n]*\s(-e|--editable|\.)|^\s*(- )?(-e|--editable)\s"
)
# Where requirements stand.
_REQUIRES = (".toml", ".txt", ".yaml", ".yml")
# Parts of `pyproject.toml` that tell how a package is built.
_BUILDERS = frozenset({"flit", "hatch", "pdm", "poetry", "setuptools"})
_ABOVE = 2
_CHANGES = frozenset({"sys.path", "sys.meta_path", "site.addsitedir"})


def check_reach(case: Case, switches: Switches) -> Iterator[Finding]:
    """The first import that only a folder supplies that is not on `sys.path`.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    program = case.program
    if not _starts_by_path(case) or changes_path(case):
        return
    found = (
        (node, alias, scope)
        for scope in program.flow.scopes.reached
        for node in program.names.of(scope).imports
        if not getattr(node, "level", 0)
        and program.names.is_certain(node, scope)
        and switches.sure(node, scope)
        for alias in node.names
    )
    for node, alias, scope in found:
        name = _imported_top(node, alias)
        folder = _supplied_by(name, alias, scope.module, case)
        if folder is not None and not is_told(name, folder, case):
            message = (
                f"`{show(program.file.name)}` is started by its path, and imports `{show(name)}`"
                f" from `{shown(folder)}`: every trial stops here, unless a `PYTHONPATH` is set."
            )
            place = (scope.module.file, node.lineno)
            yield case.in_code(place, message, _hint(folder, case), "WF117", "note")
            return


def _starts_by_path(case: Case) -> bool:
    """Whether the command leaves it to Python alone where imports are looked for."""
    command = case.command
    if command is None or command.is_module or case.program.function is not None:
        return False
    words = case.sweep.command or DEFAULT
    names = ("${program}", command.program)
    before = next((words[:i] for i, word in enumerate(words) if word in names), ())
    return bool(before) and all(re.fullmatch(_STARTS, word) for word in before)


def changes_path(case: Case) -> bool:
    """Whether the program itself may say where modules are."""
    for scope in case.program.flow.scopes.everywhere:
        outside = scope.module.outside
        if any("rootutils" in one or one == "sys.path" for one in outside.values()):
            return True
        for node in scope.each(ast.Attribute):
            if full_name(node, outside) in _CHANGES:
                return True
            if "PYTHONPATH" in (text(node) or ""):
                return True
    return False


def _imported_top(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    whole = alias.name if isinstance(node, ast.Import) else node.module or ""
    return whole.partition(".")[0]


def _supplied_by(name: str, alias: ast.alias, module: Module, case: Case) -> Path | None:
    """The folder that alone has an imported module; None when Python looks in one that has."""
    sources, names = case.program.flow.sources, case.program.names
    source, asked = module.imports.get(imported_as(alias), (None, ""))
    if alias.name == "*":
        source = next((one for one in module.stars if name in one.file.parts), source)
    if source is None or name in sys.stdlib_module_names:
        return None
    if asked and names.is_missing(asked, source):
        return None  # It is meant for a package of that name.
    if any(root.is_dir() and is_module_in(root, name) for root in sources.first_roots):
        return None
    file = source.file.resolve()
    for root in sources.roots:
        if file.is_relative_to(root / name) or file == root / f"{name}.py":
            return root
    return None


def is_told(name: str, folder: Path, case: Case) -> bool:
    """Whether the repository says that a module of a folder is found: installed, or by a path."""
    around = (folder, *folder.parents[:_ABOVE])
    if any((one / file).is_file() for one in around for file in ("setup.py", "setup.cfg")):
        return True
    if any(map(_builds, around)):
        return True
    required = re.compile(
        rf"(^\W*|[\"']){re.escape(name).replace('_', '[-_]')}\s*([\[<>=~!;\"',]|$)",
        re.IGNORECASE | re.MULTILINE,
    )
    start = case.program.file.resolve().parent
    places = dict.fromkeys([*around, Path.cwd(), case.document.path.absolute().parent, start])
    files = (file for place in places for one in _SAYS for file in sorted(place.glob(one)))
    for _, file in zip(range(_MOST_FILES), files, strict=False):
        said = beginning(file)
        if re.search(_FOUND, said) or (file.suffix in _REQUIRES and required.search(said)):
            return True
    return False


def _builds(folder: Path) -> bool:
    """Whether a folder is that of a package which can be installed, and no generated project's."""
    import tomllib

    if (folder / ANSWERS).is_file():
        return False
    try:
        settings = tomllib.loads(beginning(folder / "pyproject.toml"))
    except tomllib.TOMLDecodeError:
        return True
    tools = settings.get("tool", {})
    managed = tools.get("uv", {}).get("package") is True
    return "build-system" in settings or managed or not _BUILDERS.isdisjoint(tools)


def _hint(folder: Path, case: Case) -> str:
    file, sources = case.program.file.resolve(), case.program.flow.sources
    beside = any(
        module.file.resolve().parent == file.parent for module, _ in sources.entry.imports.values()
    )
    if beside or not file.is_relative_to(folder):
        return "Set `PYTHONPATH` to that folder, or put it on `sys.path` before the import."
    name = ".".join(file.relative_to(folder).with_suffix("").parts)
    return f"Start it as a module (`-m {show(name)}`), or set `PYTHONPATH` to that folder."
