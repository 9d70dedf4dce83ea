"""Comparisons of a hyperparameter that never hold, whatever its value is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.errors import Finding
from wandb_flyte.generate.names import show

from .case import Case
from .kinds import Kind, text
from .scopes import Scope
from .values import listed


def check_compared(case: Case) -> Iterator[Finding]:
    """Values that are true or false in the config, and that the code compares with a text."""
    booleans = {
        parameter.path
        for parameter in case.sweep.parameters
        if (values := listed(parameter.distribution))
        and all(isinstance(value, bool) for value in values)
    }
    if not booleans:
        return
    for scope in case.program.flow.scopes.reached:
        for node in scope.nodes:
            path, word = _compared(node, scope, case)
            if path in booleans and word.lower() in ("true", "false"):
                name = show(".".join(path))
                message = f"`{name}` is compared with the text `{word}`: it is true or false."
                hint = f"Write `if config.{name}:`, or give the values in quotes."
                place = (scope.module.file, getattr(node, "lineno", 1))
                yield case.in_code(place, message, hint, "WF105", "warning")


def _compared(node: ast.AST, scope: Scope, case: Case) -> tuple[tuple[str, ...], str]:
    """The key of the config that is compared with a text, and the text; empty without one."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
        return (), ""
    word = text(node.comparators[0])
    kinds = case.program.flow.kinds(node.left, scope)
    kind = next(iter(kinds)) if len(kinds) == 1 else Kind("")
    return (kind.path, word) if kind.what == "config" and word is not None else ((), "")
