"""Hyperparameters that the code takes for something else than what they are."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.errors import Finding
from wandb_flyte.generate.names import show

from .case import Case
from .kinds import HOLDERS, Kind, text
from .scopes import Scope
from .values import listed


def check_misused(case: Case) -> Iterator[Finding]:
    """Booleans of the config that are compared with a text, and values that become tuples."""
    booleans = {
        parameter.path
        for parameter in case.sweep.parameters
        if (values := listed(parameter.distribution))
        and all(isinstance(value, bool) for value in values)
    }
    given = {parameter.path for parameter in case.sweep.parameters}
    for scope in case.program.flow.scopes.reached:
        for node in scope.nodes:
            if isinstance(node, ast.Compare) and booleans:
                yield from _compared(node, scope, case, booleans)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                yield from _in_tuple(node.value, scope, case, given)


def _compared(
    node: ast.Compare, scope: Scope, case: Case, booleans: set[tuple[str, ...]]
) -> Iterator[Finding]:
    word = (text(node.comparators[0]) or "").lower()
    kinds = case.program.flow.kinds(node.left, scope)
    kind = next(iter(kinds)) if len(kinds) == 1 else Kind("")
    if kind.what != "config" or kind.path not in booleans or word not in ("true", "false"):
        return
    if isinstance(node.ops[0], ast.Eq | ast.NotEq):
        name = show(".".join(kind.path))
        message = f"`{name}` is true or false, and is compared with the text `{word}`."
        hint = "Compare it as a boolean, or give its values in quotes."
        place = (scope.module.file, node.lineno)
        yield case.in_code(place, message, hint, "WF105", "warning")


def _in_tuple(
    node: ast.Tuple, scope: Scope, case: Case, given: set[tuple[str, ...]]
) -> Iterator[Finding]:
    """`lr = config.lr,`: a comma at the end of a line, without parentheses."""
    bare = len(node.elts) == 1 and node.col_offset == node.elts[0].col_offset
    kinds = case.program.flow.kinds(node.elts[0], scope) if bare else frozenset()
    for kind in kinds:
        if kind.what in HOLDERS and kind.path in given:
            name = show(".".join(kind.path))
            message = f"The comma after `{name}` makes a tuple of it."
            place = (scope.module.file, node.lineno)
            yield case.in_code(place, message, "Take the comma out.", "WF105", "warning")
            return
