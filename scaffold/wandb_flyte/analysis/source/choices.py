"""The values that an option takes, where the source lists them."""

from __future__ import annotations

import ast
from typing import Any

from .kinds import called_name, literal
from .sources import Module
from .syntax import Function, is_none, walk

_DEEPEST = 4
_LONGEST = 1000
_SAME = frozenset({"list", "tuple", "sorted", "set", "frozenset", "keys"})
_CHANGES = frozenset({"append", "extend", "insert", "add", "update", "setdefault", "remove", "pop"})
_ENUMS = frozenset({"Enum", "StrEnum", "IntEnum"})

Choices = tuple[Any, ...] | None


def choices_of(node: ast.expr | None, module: Module, depth: int = 0) -> Choices:
    """The items of a collection; None when the source does not show all of them."""
    if node is None or depth > _DEEPEST:
        return None
    found = literal(node)
    if isinstance(found, list | tuple | set | dict):
        return tuple(found) or None
    if isinstance(node, ast.Name):
        constant = _constant(node.id, module)
        return choices_of(constant[0], constant[1], depth + 1) if constant else None
    if isinstance(node, ast.Dict):
        keys = tuple(literal(key) for key in node.keys)
        return None if None in keys else keys or None
    if isinstance(node, ast.Call):
        return _of_call(node, module, depth)
    return _of_members(node, module) if isinstance(node, ast.ListComp) else None


def annotated_choices(node: ast.expr | None, module: Module, *, by_name: bool = False) -> Choices:
    """The values that a `Literal` or an `Enum` of the program allows on a command line.

    Args:
        node: The annotation.
        module: Where it stands.
        by_name: Whether a member of an enum is given by its name, not by its value.
    """
    node = _beside_none(node)
    if isinstance(node, ast.Subscript):
        what = ast.unparse(node.value).rpartition(".")[2]
        if what == "Optional":
            return None  # `None` has a spelling of its own.
        allowed = literal(node.slice) if what == "Literal" else None
        if allowed is None:
            return None
        return allowed if isinstance(allowed, tuple) else (allowed,)
    members = enum_members(node, module)
    if members is None:
        return None
    return tuple(members) if by_name else tuple(members.values())


def enum_members(node: ast.expr | None, module: Module) -> dict[str, Any] | None:
    """The names and values of the enum that an annotation is, optional or not; None for others."""
    return _members(_beside_none(node), module)


def _of_call(node: ast.Call, module: Module, depth: int) -> Choices:
    name = called_name(node)
    if name == "range" and isinstance(node.func, ast.Name):
        numbers = [literal(argument) for argument in node.args]
        if not numbers or not all(isinstance(number, int) for number in numbers):
            return None
        try:
            found = range(*numbers)
        except (TypeError, ValueError):
            return None
        return tuple(found) if 0 < len(found) <= _LONGEST else None
    if name not in _SAME:
        return None
    inner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if (inner is None) != bool(node.args):
        return None
    return choices_of(inner or node.args[0], module, depth + 1)


def _of_members(node: ast.ListComp, module: Module) -> Choices:
    """`[member.value for member in Colour]`."""
    loop, item = node.generators[0], node.elt
    members = _members(loop.iter, module)
    plain = len(node.generators) == 1 and not loop.ifs and isinstance(item, ast.Attribute)
    if members is None or not plain or not isinstance(item, ast.Attribute):
        return None
    if not isinstance(item.value, ast.Name) or ast.unparse(loop.target) != item.value.id:
        return None
    return {"value": tuple(members.values()), "name": tuple(members)}.get(item.attr)


def _members(node: ast.expr | None, module: Module) -> dict[str, Any] | None:
    """The names and values of an enum of the program."""
    found = module.find(node.id) if isinstance(node, ast.Name) else None
    if found is None or not isinstance(found[1], ast.ClassDef):
        return None
    bases = {ast.unparse(base).rpartition(".")[2] for base in found[1].bases}
    if not bases & _ENUMS:
        return None
    members: dict[str, Any] = {}
    if any(isinstance(item, Function) and item.name == "_missing_" for item in found[1].body):
        return None  # It takes others too.
    for item in found[1].body:
        target = item.targets[0] if isinstance(item, ast.Assign) else None
        if not isinstance(item, ast.Assign) or not isinstance(target, ast.Name):
            continue
        is_auto = isinstance(item.value, ast.Call) and called_name(item.value) == "auto"
        lower = target.id.lower() if "StrEnum" in bases else None
        members[target.id] = lower if is_auto else literal(item.value)
    return None if None in members.values() else members or None


def _beside_none(node: ast.expr | None) -> ast.expr | None:
    """The type in `X | None`, any other annotation as it is."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [side for side in (node.left, node.right) if not is_none(side)]
        if len(sides) != 1:
            return node
        node = sides[0]
    return node


def _constant(name: str, module: Module, depth: int = 0) -> tuple[ast.expr, Module] | None:
    """What a module binds a name to, when it does so once and never changes it."""
    if name in module.imports and depth < _DEEPEST:
        other, there = module.imports[name]
        return _constant(there, other, depth + 1) if there else None
    values: list[ast.expr] = []
    for node in walk(module.tree):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            values.append(node)
        elif _changes(node) and ast.unparse(getattr(node, "value", node)) == name:
            return None
    for item in module.tree.body:
        target = item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
        if values == [target] and isinstance(item, ast.Assign | ast.AnnAssign) and item.value:
            return item.value, module
    return None


def _changes(node: ast.AST) -> bool:
    """Whether something puts into a collection, or takes out of it."""
    if isinstance(node, ast.Attribute):
        return node.attr in _CHANGES
    return isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load)
