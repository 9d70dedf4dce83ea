"""The path that an expression of a program writes out, also by the names that it imports."""

from __future__ import annotations

import ast
import os
from pathlib import Path

from .path_roots import Paths
from .sources import Module

_DEEPEST = 12


def written_path(node: ast.expr, module: Module) -> str | None:
    """The path that an expression is, from the folder of the file that it stands in.

    Args:
        node: The expression.
        module: The file.

    Returns:
        The path, as it is written where that is no whole one; None when the source does not show
        it.
    """
    path = _ModulePaths(module).path(node)
    if path is None:
        return None
    here = module.file.resolve().parent
    return os.path.relpath(path, here) if path.is_absolute() else str(path)


class _ModulePaths(Paths):
    """Reads the paths of a module of the program."""

    def __init__(self, module: Module) -> None:
        super().__init__(module.file.resolve(), module.tree, module.outside)
        self._module = module

    def path(self, node: ast.expr, depth: int = 0) -> Path | None:
        """The same; `paths.CONFIGS` of an imported module, too."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            imported = self._module.imports.get(node.value.id)
            if imported is not None and not imported[1]:
                return _ModulePaths(imported[0]).named(node.attr, depth + 1)
        return super().path(node, depth)

    def named(self, name: str, depth: int) -> Path | None:
        """The same; of an imported name, too."""
        found = super().named(name, depth)
        if found is not None or depth > _DEEPEST:
            return found
        imported = self._module.imports.get(name)
        if imported is not None and imported[1]:
            return _ModulePaths(imported[0]).named(imported[1], depth + 1)
        there = (_ModulePaths(star).named(name, depth + 1) for star in self._module.stars)
        return next((path for path in there if path is not None), None)
