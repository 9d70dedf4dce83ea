"""Calls that hand the whole config over by name: `Settings(**wandb.config)`."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

from wandb_flyte.analysis.source.kinds import HOLDERS, Kind, called_name, is_name, literal, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import Function, annotated, parameters

from .certain import Certain
from .flow import Flow

_CONFIG = frozenset({Kind("config")})


class HandedOver(NamedTuple):
    """A call that every run makes, with each key of the config as an argument.

    Attributes:
        place: Where it stands.
        name: What is called.
        given: The names that it is given beside the config.
        takes: Those that it can be given; None when it may be any.
        needs: Those that nothing but the config can give.
    """

    place: tuple[Path, int]
    name: str
    given: frozenset[str]
    takes: frozenset[str] | None = None
    needs: frozenset[str] = frozenset()


def read_handed(flow: Flow, certain: Certain) -> tuple[HandedOver, ...]:
    """The calls with `**config`, and nothing unseen beside it."""
    removed = _removed(flow)
    if removed is None:
        return ()
    found: list[HandedOver] = []
    for scope in flow.scopes.reached:
        for call in scope.calls:
            if certain.is_certain(call, scope):
                found += _handed(call, flow, scope, removed)
    return tuple(found)


def _handed(node: ast.Call, flow: Flow, scope: Scope, removed: frozenset[str]) -> list[HandedOver]:
    whole = [keyword.value for keyword in node.keywords if keyword.arg is None]
    if len(whole) != 1 or flow.kinds(whole[0], scope) != _CONFIG:
        return []
    place, name = (scope.module.file, node.lineno), called_name(node)
    given = frozenset(keyword.arg for keyword in node.keywords if keyword.arg) - removed
    targets = flow.scopes.resolve(node.func, scope)
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    signature = _signature(targets[0], flow) if len(targets) == 1 and not starred else None
    if signature is None:
        return [HandedOver(place, name, given)]
    names, needed = signature
    given |= frozenset(names[: len(node.args)]) - removed
    return [HandedOver(place, name, given, frozenset(names) | removed, needed - given - removed)]


def _signature(
    target: Scope | ast.ClassDef, flow: Flow
) -> tuple[tuple[str, ...], frozenset[str]] | None:
    """The names that a call can give, in order, and those that it has to."""
    if isinstance(target, Scope):
        return _of_function(target.node, skip=target.owner is not None) if target.node else None
    init = flow.scopes.init_of(target)
    if init is not None and init.node is not None:
        return _of_function(init.node, skip=True)
    decorators = {
        ast.unparse(d).partition("(")[0].rpartition(".")[2] for d in target.decorator_list
    }
    return _of_fields(target) if decorators == {"dataclass"} and not target.bases else None


def _of_function(node: Function, *, skip: bool) -> tuple[tuple[str, ...], frozenset[str]] | None:
    args = node.args
    if args.kwarg is not None or args.posonlyargs or node.decorator_list:
        return None
    own = {arg.arg for arg in args.args[:1]} if skip else set()
    given = [(arg.arg, default) for arg, default in parameters(node) if arg.arg not in own]
    names = tuple(name for name, _ in given)
    return names, frozenset(name for name, default in given if default is None)


def _of_fields(node: ast.ClassDef) -> tuple[tuple[str, ...], frozenset[str]]:
    names: list[str] = []
    needed: set[str] = set()
    for name, item in annotated(node):
        own = item.value if isinstance(item.value, ast.Call) else None
        made = {k.arg for k in own.keywords} if own and called_name(own) == "field" else set()
        if "ClassVar" in ast.unparse(item.annotation) or "init" in made:
            continue
        names.append(name)
        bare = own is not None and called_name(own) == "field"
        if item.value is None or (bare and not made & {"default", "default_factory"}):
            needed.add(name)
    return tuple(names), frozenset(needed)


def _removed(flow: Flow) -> frozenset[str] | None:
    """The keys that the program takes out of a config before it hands it over; None for any."""
    found: set[str] = set()
    for scope in flow.scopes.reached:
        for node in scope.nodes:
            key: ast.expr | None = None
            base: ast.expr | None = None
            if isinstance(node, ast.Call) and called_name(node) == "pop" and node.args:
                key, base = node.args[0], getattr(node.func, "value", None)
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Del):
                key, base = node.slice, node.value
            if key is None or not any(kind.what in HOLDERS for kind in flow.kinds(base, scope)):
                continue
            keys = _keys(key, scope)
            if keys is None:
                return None
            found.update(keys)
    return frozenset(found)


def _keys(key: ast.expr, scope: Scope) -> list[str] | None:
    """The texts that a key may be: one that is written out, or each of a list in a loop."""
    if (plain := text(key)) is not None:
        return [plain]
    loops = [n for n in scope.each(ast.For) if _is_same(n.target, key)]
    many = [literal(loop.iter) for loop in loops]
    if not many or not all(isinstance(one, list | tuple | set) for one in many):
        return None
    return [each for one in many for each in one if isinstance(each, str)]


def _is_same(target: ast.expr, key: ast.expr) -> bool:
    return isinstance(key, ast.Name) and is_name(target, key.id)
