"""Names that a program uses and nowhere binds: every run that comes to one stops there."""

from __future__ import annotations

import ast
from contextlib import suppress
from pathlib import Path

from .bound_names import Names, imported_as, is_module_in
from .case import Case
from .reads import Place
from .scopes import Scope
from .sources import Module
from .switches import Switches

# What says which modules are compiled, and is looked at in so many folders, so far.
_BUILDS = ("setup.py", "CMakeLists.txt", "meson.build", "pyproject.toml")
_DEEPEST, _LONGEST = 3, 100_000


def find_undefined(case: Case, switches: Switches) -> dict[str, Place]:
    """What every run asks for and nothing binds, each with its first place.

    Names, looked up as Python does: in the function, those around it, its module, and `builtins`;
    and what is asked of the program's own modules, which have no such name.
    """
    found: dict[str, Place] = {}
    flow, names = case.program.flow, case.program.names
    for scope in flow.scopes.reached:
        own, known = names.of(scope), names.seen_in(scope)
        asked: list[tuple[ast.AST, str]] = [
            (node, name)
            for node in own.imports
            if isinstance(node, ast.ImportFrom)
            for name in _missing_in(node, scope.module, names)
        ]
        if known is not None:
            unknown = (node for node in own.loads if not any(node.id in one for one in known))
            asked += [(node, node.id) for node in unknown if id(node) not in own.hidden]
        asked += [(n, ast.unparse(n)) for n in own.members if _is_missing(n, scope, names)]
        for node, name in asked:
            if names.is_certain(node, scope) and switches.sure(node, scope):
                found.setdefault(name, (scope.module.file, getattr(node, "lineno", 1)))
    return found


def _is_missing(node: ast.Attribute, scope: Scope, names: Names) -> bool:
    """Whether a module of the program is asked for what it has not."""
    root = getattr(node.value, "id", "")
    if root not in scope.module.imports or not isinstance(node.ctx, ast.Load):
        return False
    module = names.module_of(root, scope)
    return module is not None and names.is_missing(node.attr, module)


def _missing_in(node: ast.ImportFrom, module: Module, names: Names) -> list[str]:
    """The names that an import asks one of the program's modules for, and that it has not."""
    missing = [one.name for one in node.names if _lacks(module, one, node, names)]
    around = module.file.resolve().parents
    is_outside = any(imported_as(one) in module.outside for one in node.names)
    if missing or not is_outside or not 0 < node.level <= len(around):
        return missing
    inner = node.module.split(".") if node.module else [node.names[0].name]
    folder = around[node.level - 1].joinpath(*inner[:-1])
    if is_module_in(folder, inner[-1]) or _is_built(inner[-1], folder):
        return []
    return [f"{'.' * node.level}{'.'.join(inner)}"]


def _is_built(name: str, folder: Path) -> bool:
    """Whether a build makes a module of a name: what is said beside or above its folder."""
    for place in list(folder.parents)[:_DEEPEST]:
        for file in (place / one for one in _BUILDS):
            with suppress(OSError, ValueError):
                if name in file.read_text("utf-8")[:_LONGEST]:
                    return True
    return False


def _lacks(module: Module, alias: ast.alias, node: ast.ImportFrom, names: Names) -> bool:
    source, name = module.imports.get(imported_as(alias), (None, ""))
    if source is None or not name or not (node.level or names.comes_first(source)):
        return False
    return names.is_missing(name, source)
