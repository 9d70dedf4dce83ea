"""Functions of a program that only give an item of a config: `get(config, "lr", 0.1)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from wandb_flyte.analysis.source.inherited import COMMON
from wandb_flyte.analysis.source.kinds import (
    HOLDERS,
    NONE,
    Kinds,
    is_name,
    is_remark,
    member,
    text,
)
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import walk

if TYPE_CHECKING:
    from .flow import Flow

# More statements than such a function has.
_MOST = 4
# What only tells what something is, or has.
_LOOKS = frozenset({"dict", "hasattr", "isinstance"})
# The fewest arguments of `getattr(config, key)`.
_ASKS = 2


class _Getter(NamedTuple):
    """What a function looks up.

    Attributes:
        base: What it asks.
        key: The parameter that says for what.
    """

    base: ast.expr
    key: str


def got_by(target: Scope, call: ast.Call, scope: Scope, flow: Flow) -> Kinds:
    """What a call of a function gives, where that only looks an item up.

    Args:
        target: The function.
        call: The call.
        scope: The scope around it.
        flow: The program.
    """
    getter = _getter(target, flow)
    if getter is None:
        return NONE
    given = target.arguments(call)
    key = text(given.get(getter.key))
    if key is None:
        return NONE
    base, place = getter.base, target
    if isinstance(base, ast.Name) and base.id in given:
        base, place = given[base.id], scope
    held = (kind for kind in flow.kinds(base, place) if kind.what in HOLDERS)
    return frozenset(one for kind in held for one in member(kind, key))


def is_written_out(key: ast.expr, scope: Scope, flow: Flow) -> bool:
    """Whether a key is one that every caller of the function around it writes out."""
    getter = _getter(scope, flow)
    if getter is None or scope.node is None or not is_name(key, getter.key):
        return False
    calls = [call for call, _ in flow.callers.get(id(scope), [])]
    keys = [text(scope.arguments(call).get(getter.key)) for call in calls]
    return bool(calls) and None not in keys and _is_only_called(scope, calls, flow)


def _is_only_called(scope: Scope, calls: list[ast.Call], flow: Flow) -> bool:
    """Whether nothing gets a function itself, or calls it unseen."""
    name = scope.node.name if scope.node is not None else ""
    if scope.owner is not None and name in COMMON:
        return False
    if len(flow.scopes.names.get(name, ())) != sum(is_name(one.func, name) for one in calls):
        return False
    called = {id(call.func) for one in flow.scopes.reached for call in one.calls}
    members = (node for one in flow.scopes.reached for node in one.each(ast.Attribute))
    return all(node.attr != name or id(node) in called for node in members)


def _getter(scope: Scope, flow: Flow) -> _Getter | None:
    """What a function looks up, where it does nothing else."""
    node = scope.node
    if not isinstance(node, ast.FunctionDef) or node.decorator_list or len(node.body) > _MOST:
        return None
    given = set(scope.takes)
    kept = _kept(node.body[0], given)
    parts = list(_parts(node.body[1:] if kept else node.body, flow))
    parts += [kept[1]] if kept else []
    given |= {kept[0]} if kept else set()
    found = [one for one in map(_looked_up, parts) if one is not None and one.key in given]
    if not found or len({(ast.unparse(one.base), one.key) for one in found}) > 1:
        return None
    getter = found[0]
    known = {getter.key, *_LOOKS, *_names(getter.base), *kept[:1]}
    others = (one for one in parts if _looked_up(one) is None)
    fine = (
        isinstance(one, ast.Constant)
        or (isinstance(one, ast.Name) and one.id in given)
        or (isinstance(one, ast.Compare | ast.Call) and _names(one) <= known)
        for one in others
    )
    return getter if all(fine) else None


def _kept(first: ast.stmt, given: set[str]) -> tuple[str, ast.expr] | tuple[()]:
    """The name under which a function keeps what it looks up, with that."""
    target = first.targets[0] if isinstance(first, ast.Assign) else None
    if not isinstance(first, ast.Assign) or not isinstance(target, ast.Name):
        return ()
    plain = len(first.targets) == 1 and target.id not in given
    return (target.id, first.value) if plain and _looked_up(first.value) is not None else ()


def _parts(body: list[ast.stmt], flow: Flow) -> Iterator[ast.AST]:
    """What a function returns and the conditions for it, and any other statement of it."""
    for node in body:
        if isinstance(node, ast.If):
            yield node.test
            yield from _parts([*node.body, *node.orelse], flow)
        elif isinstance(node, ast.Return) and node.value is not None:
            yield from _branches(node.value)
        elif not (isinstance(node, ast.Expr) and is_remark(node.value, flow.scopes.parents)):
            yield node


def _branches(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield value.test
        yield from _branches(value.body)
        yield from _branches(value.orelse)
    else:
        yield value


def _looked_up(node: ast.AST) -> _Getter | None:
    """What a value looks up under a key that a name gives."""
    base: ast.expr | None = None
    key: ast.expr | None = None
    if isinstance(node, ast.Subscript):
        base, key = node.value, node.slice
    elif isinstance(node, ast.Call) and is_name(node.func, "getattr") and len(node.args) >= _ASKS:
        base, key = node.args[:_ASKS]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        base, key = node.func.value, next(iter(node.args), None)
        base = base if node.func.attr == "get" else None
    return _Getter(base, key.id) if base is not None and isinstance(key, ast.Name) else None


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in walk(node) if isinstance(one, ast.Name)}
