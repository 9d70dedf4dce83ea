"""Hyperparameters that the code takes for something else than what they are."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.names import show

from .case import Case
from .kinds import HOLDERS, Kind, called_name, text
from .scopes import Scope
from .values import listed

# What no tuple takes part in, and what takes numbers alone.
_ARITHMETIC = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)
_TAKE_NUMBERS = frozenset({"abs", "exp", "float", "int", "log10", "pow", "range", "round", "sqrt"})
_NUMBERS = frozenset(
    {
        *("batch_size", "epochs", "gamma", "learning_rate", "lr", "max_epochs", "n_estimators"),
        *("num_epochs", "num_workers", "patience", "seed", "weight_decay"),
    }
)


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
                yield from _in_tuple(node, scope, case, given)


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
    assigned: ast.Assign, scope: Scope, case: Case, given: set[tuple[str, ...]]
) -> Iterator[Finding]:
    """`lr = config.lr,`: a comma at the end of a line, without parentheses."""
    node = assigned.value
    if not isinstance(node, ast.Tuple) or len(node.elts) != 1:
        return
    bare = node.col_offset == node.elts[0].col_offset
    kinds = case.program.flow.kinds(node.elts[0], scope) if bare else frozenset()
    for kind in kinds:
        if kind.what in HOLDERS and kind.path in given:
            name = show(".".join(kind.path))
            message = f"The comma after `{name}` makes a tuple of it."
            place = (scope.module.file, node.lineno)
            parents = case.program.flow.scopes.parents
            uses = (one for target in assigned.targets for one in _uses(target, scope, case))
            is_wrong = any(_is_number(one, parents) for one in uses)
            severity: Severity = "warning" if is_wrong else "note"
            yield case.in_code(place, message, "Take the comma out.", "WF105", severity)
            return


def _uses(target: ast.expr, scope: Scope, case: Case) -> Iterator[ast.expr]:
    """Where a program asks for what it assigned: a name in that file, an object's anywhere."""
    is_name = isinstance(target, ast.Name)
    for one in case.program.flow.scopes.reached:
        for node in one.nodes if one.module is scope.module or not is_name else ():
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                name = node.id if isinstance(node, ast.Name) else node.attr
                same = isinstance(node, type(target))
                if same and name == getattr(target, "id", getattr(target, "attr", None)):
                    yield node


def _is_number(node: ast.expr, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a value has to be a number where it stands, and can't be a tuple."""
    parent = parents.get(id(node))
    if isinstance(parent, ast.BinOp):
        return isinstance(parent.op, _ARITHMETIC)
    if isinstance(parent, ast.AugAssign):
        return isinstance(parent.op, _ARITHMETIC)
    if isinstance(parent, ast.UnaryOp):
        return isinstance(parent.op, ast.USub | ast.UAdd)
    if isinstance(parent, ast.Compare):
        return isinstance(parent.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE)
    if isinstance(parent, ast.keyword):
        return parent.arg in _NUMBERS
    return isinstance(parent, ast.Call) and called_name(parent) in _TAKE_NUMBERS
