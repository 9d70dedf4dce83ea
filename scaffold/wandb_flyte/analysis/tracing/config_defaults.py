"""What a program itself puts into the config of the run that it opens: `wandb.init(config=...)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.source.kinds import called_name, is_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.written_dicts import written_items

from .flow import Flow

Defaults = dict[str, tuple[ast.expr, Scope]]
# Calls that only look at a dict.
_LOOKS = frozenset({"copy", "deepcopy", "dict", "init", "len", "print", "pprint", "sorted", "str"})
_GROWS = frozenset({"setdefault", "setdefaults"})


def find_defaults(flow: Flow) -> Defaults:
    """The values that every run's config has unless a sweep gives others, by their keys.

    Those of a dict that the source writes out, in the one place where a run is opened.
    """
    opens, others = flow.openings
    given = [k.value for k in opens[0][0].keywords if k.arg == "config"] if opens else []
    if others or len(opens) != 1 or len(given) != 1 or any(_grown(flow)):
        return {}
    scope = opens[0][1]
    source, place = written(given[0], scope, flow) or (given[0], scope)
    pairs = written_items(source) or []
    named = {key: (value, place) for key, value in pairs if key is not None}
    return named if len(named) == len(pairs) else {}


def _grown(flow: Flow) -> Iterator[ast.Call]:
    """The calls that give a config what it has not."""
    for scope in flow.scopes.reached:
        for call in scope.calls:
            if called_name(call) in _GROWS and flow.kinds(getattr(call.func, "value", None), scope):
                yield call


def written(node: ast.expr | None, scope: Scope, flow: Flow) -> tuple[ast.expr, Scope] | None:
    """The one value of a name that nothing changes, with its scope."""
    holder: Scope | None = scope
    while isinstance(node, ast.Name) and holder is not None:
        if holder.binding(node.id):
            values = holder.every_value(node.id) or []
            is_plain = len(values) == 1 and _is_only_read(node.id, holder, flow)
            return (values[0], holder) if is_plain else None
        if node.id in {arg.arg for arg in holder.parameters}:
            return None
        holder = flow.scopes.around(holder)
    return None


def _is_only_read(name: str, holder: Scope, flow: Flow) -> bool:
    """Whether a dict is only asked for keys, or looked at, under its name."""
    parents = flow.scopes.parents
    for scope in flow.scopes.everywhere:
        if any(node.attr == name for node in scope.each(ast.Attribute)):
            return False
        for node in scope.each(ast.Name, ast.alias):
            if isinstance(node, ast.alias):
                if name in (node.name, node.asname):
                    return False
                continue
            if not is_name(node, name) or scope.module is not holder.module:
                continue
            parent = parents.get(id(node))
            grand = parents.get(id(parent)) if parent is not None else None
            if isinstance(node.ctx, ast.Load) and not _only_looks(parent, grand):
                return False
    return True


def _only_looks(parent: ast.AST | None, grand: ast.AST | None) -> bool:
    if isinstance(parent, ast.Subscript):
        return isinstance(parent.ctx, ast.Load) and text(parent.slice) is not None
    if isinstance(parent, ast.Attribute):
        return isinstance(grand, ast.Call) and parent.attr in ("copy", "get", "items", "keys")
    call = grand if isinstance(parent, ast.keyword) else parent
    return isinstance(call, ast.Call) and called_name(call) in _LOOKS
