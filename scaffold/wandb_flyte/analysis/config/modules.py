"""Where a name of a module is asked for that another module sets: `settings.LR = config.lr`."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.scopes import Scopes
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.tracing.uses import Lost, Use, Uses

# What may ask a module for any of its names.
_ASKS_ANY = frozenset({"__dict__", "globals", "import_module", "modules"})
# How many imports of one name are followed.
_LONGEST = 5


def own_module(node: ast.expr, scope: Scope) -> Module | None:
    """The module of the program that a name stands for."""
    imported = scope.module.imports.get(node.id) if isinstance(node, ast.Name) else None
    return imported[0] if imported is not None and not imported[1] else None


def of_module(module: Module, name: str, uses: Uses, scopes: Scopes) -> list[Use]:
    """Where the program asks for a name of a module.

    Args:
        module: The module.
        name: The name, which the module binds itself too.
        uses: Where the program asks for its names.
        scopes: Its code.

    Raises:
        Lost: That may be anywhere.
    """
    top = scopes.top_of(module)
    if top is None or not top.binding(name):
        raise Lost
    for scope in scopes.everywhere:
        for node in scope.each(ast.Name, ast.Attribute):
            asked = node.id if isinstance(node, ast.Name) else node.attr
            if asked in _ASKS_ANY:
                raise Lost
            # Whoever gets the module itself may ask it for anything.
            around = scopes.parents.get(id(node))
            if own_module(node, scope) is module and not isinstance(around, ast.Attribute):
                raise Lost
    return uses.of(name, top)


def bound_in(name: str, scope: Scope, uses: Uses, scopes: Scopes) -> tuple[str, Scope]:
    """The name and the scope that bind what a scope asks for by a name, through its imports.

    Raises:
        Lost: Nothing is known to bind it.
    """
    holder = uses.holder(name, scope)
    if holder is None:
        raise Lost
    for _ in range(_LONGEST):
        module, there = holder.module.imports.get(name, (None, ""))
        top = scopes.top_of(module) if module is not None and there else None
        if top is None or name in holder.takes or holder.every_value(name):
            break
        name, holder = there, top
    return name, holder
