"""Hyperparameters that are only compared with texts that none of their values is."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from wandb_flyte.analysis.source.compare import COMPARE, FORMS, texts_of
from wandb_flyte.analysis.source.kinds import HOLDERS, literal
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.noted import noted_under
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, shown, spelled_otherwise
from wandb_flyte.generate.check.trial.values import listed
from wandb_flyte.generate.names import show

Path = tuple[str, ...]
_ASKS = (ast.Attribute, ast.Call, ast.Name, ast.Subscript)
# What a comparison gives for a value.
Outcome = Callable[[str], Any]


def check_compared_alike(case: Case) -> Iterator[Finding]:
    """`if config.optimizer == "SGD"` alone, and the sweep has `sgd` and `adam`.

    Args:
        case: The sweep and its code.
    """
    values = {
        parameter.path: found
        for parameter in case.sweep.parameters
        if (found := listed(parameter.distribution) or []) and _are_texts(found)
    }
    program = case.program
    holders = (program.config, program.merged, program.args, program.hydra)
    is_lost = program.starts or program.imports_by_name or not program.complete
    if not values or is_lost or any(() in holder.handed_on for holder in holders):
        return
    for path, uses in _uses(values, case).items():
        outcomes = {tuple(outcome(one) for _, _, outcome in uses) for one in values[path]}
        if len(outcomes) != 1 or UNKNOWN in next(iter(outcomes)):
            continue
        if any(_stops_others(compared, program.flow.scopes.parents) for compared, _, _ in uses):
            continue  # Told where it stands.
        node, scope, _ = uses[0]
        texts = sorted({one for compared, _, _ in uses for one in texts_of(compared)})
        said = ", ".join(f"`{show(one)}`" for one in texts)
        name, where = ".".join(path), f"{shown(scope.module.file)}:{node.lineno}"
        others = filter(None, (spelled_otherwise(one, set(values[path])) for one in texts))
        message = f"{where} compares `{show(name)}` with {said} alone: all its values come to one."
        hint = f"The sweep has `{show(other)}`." if (other := next(others, "")) else ""
        hint = hint or "Trials will not depend on it: give it values that the code knows."
        yield case.in_sweep(("parameters", path[0]), message, hint, "WF101", "warning")


def _are_texts(values: list[Any]) -> bool:
    return len(values) > 1 and all(isinstance(one, str) for one in values)


def _uses(
    values: dict[Path, list[Any]], case: Case
) -> dict[Path, list[tuple[ast.Compare, Scope, Outcome]]]:
    """The comparisons of those hyperparameters that are used in no other way."""
    flow = case.program.flow
    found: dict[Path, list[tuple[ast.Compare, Scope, Outcome]]] = {}
    others: set[Path] = set()
    for scope in flow.scopes.reached:
        for node in scope.each(*_ASKS):
            kinds = [k for k in flow.kinds(node, scope) if k.what in HOLDERS and k.path in values]
            if not kinds or isinstance(getattr(node, "ctx", None), ast.Store):
                continue
            paths = {kind.path for kind in kinds}
            use = _compared(node, flow.scopes.parents) if len(paths) == 1 else None
            if use is not None:
                found.setdefault(kinds[0].path, []).append((use[0], scope, use[1]))
            elif len(paths) > 1 or not _goes_on(node, scope, case):
                others |= paths
    return {path: uses for path, uses in found.items() if path not in others}


def _compared(node: ast.AST, parents: dict[int, ast.AST]) -> tuple[ast.Compare, Outcome] | None:
    """The comparison that an expression is one side of, and what it gives for a value."""
    changes: list[Callable[[str], str]] = []
    method, call = parents.get(id(node)), None
    while isinstance(method, ast.Attribute) and method.attr in FORMS:
        call = parents.get(id(method))
        if not isinstance(call, ast.Call) or call.args:
            return None
        changes.append(FORMS[method.attr])
        node, method = call, parents.get(id(call))
    compared = method
    if not isinstance(compared, ast.Compare) or len(compared.ops) != 1:
        return None
    is_left = compared.left is node
    other = literal(compared.comparators[0] if is_left else compared.left)
    if other is None:
        return None
    asks = COMPARE[type(compared.ops[0])]

    def outcome(value: str) -> Any:
        for change in changes:
            value = change(value)
        try:
            return asks(value, other) if is_left else asks(other, value)
        except TypeError:
            return UNKNOWN

    return compared, outcome


def _stops_others(compared: ast.Compare, parents: dict[int, ast.AST]) -> bool:
    """Whether the last branch beside a comparison raises something."""
    last = parents.get(id(compared))
    while isinstance(last, ast.If) and len(last.orelse) == 1 and isinstance(last.orelse[0], ast.If):
        last = last.orelse[0]
    return isinstance(last, ast.If) and any(isinstance(one, ast.Raise) for one in last.orelse)


def _goes_on(node: ast.AST, scope: Scope, case: Case) -> bool:
    """Whether a value is only kept under another name, given to the program's own, or written."""
    flow = case.program.flow
    parent = flow.scopes.parents.get(id(node))
    if isinstance(parent, ast.Attribute) and parent.attr in FORMS:
        return _compared(node, flow.scopes.parents) is not None
    if isinstance(parent, ast.Assign) and parent.value is node:
        return all(isinstance(one, ast.Name | ast.Attribute) for one in parent.targets)
    if isinstance(node, ast.expr) and noted_under(node, flow, scope) is not None:
        return True
    call = flow.scopes.parents.get(id(parent)) if isinstance(parent, ast.keyword) else parent
    if not isinstance(call, ast.Call) or call.func is node:
        return False
    targets = flow.scopes.resolve(call.func, scope)
    return bool(targets) and all(
        (inner := flow.scopes.entered_by(one)) is not None and _takes(inner, call, parent, node)
        for one in targets
    )


def _takes(inner: Scope, call: ast.Call, parent: ast.AST | None, node: ast.AST) -> bool:
    """Whether a function gets a value under a name of its own."""
    named = parent.arg if isinstance(parent, ast.keyword) else None
    given = inner.arguments(call)
    return named in inner.named if named else any(value is node for value in given.values())
