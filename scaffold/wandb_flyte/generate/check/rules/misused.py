"""Hyperparameters that the code takes for something else than what they are."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from wandb_flyte.analysis.source.kinds import HOLDERS, Kind, argument, called_name, is_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.swept import Swept
from wandb_flyte.generate.check.trial.values import listed, misfit
from wandb_flyte.generate.names import show

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
    """Booleans that are compared with a text, numbers that count nothing, values made tuples."""
    booleans = {
        parameter.path
        for parameter in case.sweep.parameters
        if (values := listed(parameter.distribution))
        and all(isinstance(value, bool) for value in values)
    }
    lists = {
        parameter.path: [item for value in values for item in value]
        for parameter in case.sweep.parameters
        if (values := listed(parameter.distribution))
        and all(isinstance(value, list) for value in values)
    }
    given = {parameter.path for parameter in case.sweep.parameters}
    wrong = {one.path: misfit(one.distribution, "int") for one in case.sweep.parameters}
    fractions = {path: value for path, value in wrong.items() if value is not None}
    swept = Swept(case)
    for scope in case.program.flow.scopes.reached:
        for node in scope.each(ast.Assign, ast.Call, ast.Compare):
            if isinstance(node, ast.Compare) and (booleans or lists):
                yield from _compared(node, scope, case, booleans)
                yield from _list_compared(node, scope, case, lists)
            elif isinstance(node, ast.Call) and fractions:
                yield from _counted(node, scope, case, swept, fractions)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                yield from _in_tuple(node, scope, case, given)


def _only_kind(node: ast.expr, scope: Scope, case: Case) -> Kind:
    """What an expression is, where it is one thing alone."""
    kinds = case.program.flow.kinds(node, scope)
    return next(iter(kinds)) if len(kinds) == 1 else Kind("")


def _compared(
    node: ast.Compare, scope: Scope, case: Case, booleans: set[tuple[str, ...]]
) -> Iterator[Finding]:
    word = (text(node.comparators[0]) or "").lower()
    kind = _only_kind(node.left, scope, case)
    if kind.what != "config" or kind.path not in booleans or word not in ("true", "false"):
        return
    if isinstance(node.ops[0], ast.Eq | ast.NotEq):
        name = show(".".join(kind.path))
        message = f"`{name}` is true or false, and is compared with the text `{word}`."
        hint = "Compare it as a boolean, or give its values in quotes."
        place = (scope.module.file, node.lineno)
        yield case.in_code(place, message, hint, "WF105", "warning")


def _list_compared(
    node: ast.Compare, scope: Scope, case: Case, lists: dict[tuple[str, ...], list[Any]]
) -> Iterator[Finding]:
    """`config.optimizer == "adam"`, where each trial gets a whole list of them."""
    kind = _only_kind(node.left, scope, case)
    other = node.comparators[0]
    written = other.elts if isinstance(other, ast.List | ast.Set | ast.Tuple) else [other]
    each = isinstance(node.ops[0], ast.In | ast.NotIn)
    words = [text(one) for one in written] if each or other in written else []
    if kind.what not in HOLDERS or None in words:
        return
    items = [word for word in words if word is not None and word in lists.get(kind.path, ())]
    if not items:
        return
    del lists[kind.path]  # Told once.
    name = show(".".join(kind.path))
    message = f"`{name}` is a whole list in each trial, and is compared with `{show(items[0])}`."
    hint = "Write `values:` for a trial with each item, or look at the items."
    yield case.in_code(scope.place(node), message, hint, "WF105", "warning")


def _counted(
    call: ast.Call,
    scope: Scope,
    case: Case,
    swept: Swept,
    fractions: Mapping[tuple[str, ...], str],
) -> Iterator[Finding]:
    """`range(config.epochs)` and `DataLoader(data, config.batch_size)` of what is no integer."""
    name = called_name(call)
    counts = call.args if is_name(call.func, "range") else []
    if name == "DataLoader":
        counts = [one for one in (argument(call, "batch_size", 1),) if one is not None]
    for node in counts:
        kind = _only_kind(node, scope, case)
        is_given = kind.what == "config" and kind.path in fractions
        if is_given and swept.is_plain(node, scope):
            what = f"`{show('.'.join(kind.path))}` may be {fractions[kind.path]}"
            message = f"{what}, and `{name}` takes integers alone: it would stop."
            hint = "Give two integers as limits, or only integers as values."
            place = (scope.module.file, call.lineno)
            severity: Severity = (
                "error" if case.program.certain.is_certain(call, scope) else "warning"
            )
            yield case.in_code(place, message, hint, "WF105", severity)


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
