"""What else stands for an object: what is put into it under one name is there under all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .kinds import called_name, root_name, text
from .scope import Scope
from .statements import binds
from .syntax import walk

if TYPE_CHECKING:
    from wandb_flyte.analysis.tracing.flow import Flow

_Place = tuple[ast.expr, Scope]


def part_name(node: ast.expr) -> str | None:
    """The name of a part of something: `x.name`, `x["name"]` and `x.get("name")`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return text(node.slice)
    is_get = isinstance(node, ast.Call) and called_name(node) == "get"
    return text(node.args[0]) if is_get and isinstance(node, ast.Call) and node.args else None


def is_followed(target: ast.expr, scope: Scope, flow: Flow) -> bool:
    """Whether what is put into something is found again where the program reads it."""
    return _is_followed(target, scope, flow, set())


def _is_followed(target: ast.expr, scope: Scope, flow: Flow, seen: set[tuple[int, str]]) -> bool:
    root = scope.module.outside.get(root_name(target), "wandb")
    if root.partition(".")[0] != "wandb":
        return False  # Another package's.
    if isinstance(target, ast.Attribute | ast.Subscript) or part_name(target) is not None:
        return part_name(target) is not None
    if isinstance(target, ast.Call):
        made = flow.scopes.resolve(target.func, scope)
        return bool(made) and all(isinstance(one, ast.ClassDef) for one in made)
    if not isinstance(target, ast.Name):
        return True
    source, there = scope.module.imports.get(target.id, (None, ""))
    if (source is not None and not there) or _is_looped(target.id, scope):
        return False  # The names in a module stand alone.
    if (key := (id(scope), target.id)) in seen:
        return True
    seen.add(key)
    given: list[tuple[ast.expr | None, Scope]] = []
    if target.id in scope.takes:
        given = flow.given(target.id, scope)
    given += [
        (value, scope)
        for value in scope.named_values.get(target.id, ())
        if isinstance(value, ast.Subscript) or _is_asked(value)
    ]
    return all(value is None or _is_followed(value, s, flow, seen) for value, s in given)


def _is_asked(value: ast.expr) -> bool:
    """Whether a value is an attribute under a name that may be any: `getattr(config, key)`."""
    return isinstance(value, ast.Call) and called_name(value) == "getattr"


def _is_looped(name: str, scope: Scope) -> bool:
    """Whether a name stands for each of many objects."""
    loops = scope.each(ast.For, ast.comprehension)
    return any(binds(part, name) for loop in loops for part in walk(loop.target))


def same_objects(target: ast.expr, scope: Scope, flow: Flow) -> Iterator[_Place]:
    """Every expression that an object has, as far as it can be followed.

    Args:
        target: One of them.
        scope: Where it stands.
        flow: The program.
    """
    todo, seen = [(target, scope)], set[tuple[int, str]]()
    while todo:
        one, place = todo.pop()
        key = (id(place), ast.dump(one))
        if key not in seen and is_followed(one, place, flow):
            seen.add(key)
            yield one, place
            todo += _others(one, place, flow)


def _others(target: ast.expr, scope: Scope, flow: Flow) -> Iterator[_Place]:
    """What an object came from."""
    if isinstance(target, ast.Name):
        yield from _named(target.id, scope, flow)
    elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        source, there = scope.module.imports.get(target.value.id, (None, ""))
        top = flow.scopes.top_of(source) if source is not None and not there else None
        if top is not None:
            yield ast.Name(target.attr), top


def _named(name: str, scope: Scope, flow: Flow) -> Iterator[_Place]:
    inner: Scope | None = scope
    while inner is not None:
        if any(name in node.names for node in inner.each(ast.Global)):
            inner = flow.scopes.top_of(inner.module) or inner
        given = name in inner.takes
        values = inner.named_values.get(name, ())
        if given:
            yield from ((v, place) for v, place in flow.given(name, inner) if v is not None)
        for value in values:
            yield from _of_value(value, inner, flow)
        if given or values:
            if inner is not scope:
                yield ast.Name(name), inner
            return
        inner = flow.scopes.around(inner)
    source, there = scope.module.imports.get(name, (None, ""))
    top = flow.scopes.top_of(source) if source is not None and there else None
    if top is not None:
        yield ast.Name(there), top


def _of_value(value: ast.expr, scope: Scope, flow: Flow) -> Iterator[_Place]:
    """Where a value came from; of a function's result what the function keeps of it."""
    if isinstance(value, ast.Name) or part_name(value) is not None:
        yield value, scope
    for target in flow.scopes.resolve(value.func, scope) if isinstance(value, ast.Call) else ():
        if isinstance(target, Scope):
            yield from ((kept, target) for kept in _kept(target))


def _kept(function: Scope) -> Iterator[ast.expr]:
    """What a function returns that was there before it was called."""
    for node in function.nodes:
        kept = node.value if isinstance(node, ast.Return) else None
        is_new = isinstance(kept, ast.Name) and kept.id in function.named_values
        if isinstance(kept, ast.Name | ast.Attribute) and not is_new:
            yield kept
