"""The keys of a dict that code puts into a config, as far as the source shows them."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import Kind, called_name, given, is_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import is_none, parameters
from wandb_flyte.analysis.source.written_dicts import written_items

from .flow import Flow

_DEEPEST = 3
_CONFIG = frozenset({Kind("config")})
# The arguments of `setattr(config, key, value)`.
_SETS = 3
_VIEWS = frozenset({"items", "keys"})


def supplied_keys(node: ast.expr, flow: Flow, scope: Scope, depth: int = 0) -> set[str] | None:
    """The keys of a dict that the source writes out; None when it does not."""
    if (items := written_items(node)) is not None:
        keys = [key for key, _ in items]
        return {key for key in keys if key} if None not in keys else None
    if not isinstance(node, ast.Name) or depth > _DEEPEST or flow.kinds(node, scope) - _CONFIG:
        return None
    inner: Scope | None = scope
    while inner is not None:
        # `config = wandb.config` puts nothing there.
        bound = inner.named_values.get(node.id, ())
        values = [value for value in bound if flow.kinds(value, inner) != _CONFIG]
        if values:
            found = [supplied_keys(value, flow, inner, depth + 1) for value in values]
            return None if None in found else set().union(*(keys for keys in found if keys))
        if node.id in {arg.arg for arg in inner.parameters}:
            return set() if _is_none(node.id, inner, flow) else None
        inner = flow.scopes.around(inner)
    return None


def is_alone(node: ast.expr, scope: Scope, flow: Flow, depth: int = 0) -> bool:
    """Whether an expression is W&B's config wherever it is bound, and never a dict beside it."""
    if depth > _DEEPEST:
        return False
    if isinstance(node, ast.Name):
        values = scope.every_value(node.id)
        given_to_it = flow.given(node.id, scope) if node.id in scope.takes else []
        if values is None or not (values or given_to_it):
            return False
        each = [(value, scope) for value in values] + given_to_it
        return all(one is not None and is_alone(one, place, flow, depth + 1) for one, place in each)
    if isinstance(node, ast.Call):  # `dict(wandb.config)`, `wandb.config.as_dict()`
        owned = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        made_of = given(node) or owned
        return bool(made_of) and all(is_alone(one, scope, flow, depth + 1) for one in made_of)
    base = flow.kinds(getattr(node, "value", None), scope)
    return any(kind.what in ("run", "wandb") for kind in base)


def put_in(node: ast.AST, flow: Flow, scope: Scope) -> ast.expr | None:
    """What a node puts into the run's config under a key that no text says.

    Returns:
        The mapping that a loop goes through whose keys these are; without one the key itself; None
        where nothing is put there so.
    """
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        base, key = node.value, node.slice
    elif isinstance(node, ast.Call) and called_name(node) == "setattr" and len(node.args) == _SETS:
        base, key = node.args[:2]
    else:
        return None
    if text(key) is not None or Kind("config") not in flow.kinds(base, scope):
        return None
    name = key.id if isinstance(key, ast.Name) else ""
    for loop in flow.scopes.outwards(node) if name else ():
        if isinstance(loop, ast.For) and is_name(_first(loop.target), name):
            view = loop.iter.func if isinstance(loop.iter, ast.Call) else None
            is_view = isinstance(view, ast.Attribute) and view.attr in _VIEWS
            return getattr(view, "value", key) if is_view else loop.iter
    return key


def _first(target: ast.expr) -> ast.expr:
    return target.elts[0] if isinstance(target, ast.Tuple) and target.elts else target


def spread_config(node: ast.expr, flow: Flow, scope: Scope) -> list[ast.expr] | None:
    """What a dict has under `config` whose items `wandb.init` gets as arguments.

    Returns:
        Every such value; None where the source does not show all that the dict has.
    """
    if not isinstance(node, ast.Name):
        return _written_config(node)
    values = scope.every_value(node.id)
    if not values or node.id in {arg.arg for arg in scope.parameters}:
        return None
    found = [_written_config(value) for value in values]
    found += [_put_config(use, flow, scope) for use in scope.loads.get(node.id, ())]
    return None if None in found else [one for many in found for one in many or ()]


def _written_config(node: ast.expr) -> list[ast.expr] | None:
    """The same of a dict that is written out."""
    items = written_items(node)
    return (
        None
        if items is None or None in dict(items)
        else [value for key, value in items if key == "config"]
    )


def _put_config(use: ast.Name, flow: Flow, scope: Scope) -> list[ast.expr] | None:
    """The same of what is put into a dict where its name stands."""
    parents = flow.scopes.parents
    parent = parents.get(id(use))
    outer = parents.get(id(parent))
    if isinstance(parent, ast.keyword) and parent.arg is None:
        return []
    if isinstance(parent, ast.Subscript) and parent.value is use and text(parent.slice):
        is_plain = not isinstance(parent.ctx, ast.Store) or isinstance(outer, ast.Assign)
        if not is_plain or text(parent.slice) != "config" or not isinstance(outer, ast.Assign):
            return [] if is_plain else None
        return [] if _is_left_out(parent, flow, scope) else [outer.value]
    is_update = isinstance(parent, ast.Attribute) and parent.attr == "update"
    if not is_update or not isinstance(outer, ast.Call) or len(outer.args) != 1 or outer.keywords:
        return None
    return _written_config(outer.args[0])


def _is_left_out(node: ast.AST, flow: Flow, scope: Scope) -> bool:
    """Whether a place stands behind `if given:`, with a parameter that is None in each trial."""
    for outer in flow.scopes.outwards(node):
        if isinstance(outer, ast.If) and any(node is one for one in outer.body):
            test = outer.test
            if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot):
                test = test.left if is_none(test.comparators[0]) else test
            name = test.id if isinstance(test, ast.Name) else ""
            given = name in {arg.arg for arg in scope.parameters} and not scope.binding(name)
            if given and not flow.kinds(test, scope) and _is_none(name, scope, flow):
                return True
        node = outer
    return False


def _is_none(name: str, scope: Scope, flow: Flow) -> bool:
    """Whether a parameter is None: by its default, and nobody in sight gives another value."""
    assert scope.node is not None  # noqa: S101 - a module has no parameters
    default = {arg.arg: value for arg, value in parameters(scope.node)}.get(name)
    return is_none(default) and not any(given(c) for c, _ in flow.callers.get(id(scope), []))
