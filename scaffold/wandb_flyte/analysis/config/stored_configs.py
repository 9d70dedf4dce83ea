"""Configs that a program puts into Hydra's `ConfigStore`: dataclasses, and dicts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from wandb_flyte.analysis.source.fields import Fields
from wandb_flyte.analysis.source.kinds import argument, called_name, full_name, literal, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import annotated, named_by
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.flow import Flow

from .hydra_files import MISSING

# A value that the source does not show.
_UNSEEN = "${?}"
_DEEPEST = 10
_PLAIN = frozenset({"None", "bool", "bytes", "float", "int", "str", "Path"})
_KEYLESS = _PLAIN | {"Any", "Dict", "DictConfig", "ListConfig", "Mapping", "dict", "object"}
# Classes that add no fields to those that derive from them.
_BASES = ("abc.", "collections.abc.", "object", "omegaconf.", "typing.Generic", "typing.Mapping")
_LISTS = frozenset({"List", "Literal", "Sequence", "Tuple", "list", "tuple"})


def stored_configs(flow: Flow) -> dict[str, tuple[str, dict[str, Any]]]:
    """What a program stores, by its name with its group before it: `model/small`.

    Returns:
        For each the text of the package that it is stored with, and its keys with their values,
        `UNKNOWN` where there may be any keys below; what the source does not show is left out.
    """
    reader = _Reader(flow)
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for scope in flow.scopes.reached:
        for call in scope.calls:
            name = text(argument(call, "name")) if called_name(call) == "store" else None
            node = argument(call, "node", 1)
            group = argument(call, "group", 2)
            package = argument(call, "package", 3)
            unclear = any(one is not None and text(one) is None for one in (group, package))
            config = reader.config(node, scope) if name and node and not unclear else None
            if name and config is not None:
                place = f"{text(group)}/{name}" if group is not None else name
                found[place] = (f"# @package {text(package)}" if package else "", config)
    return found


class _Reader:
    """Reads the nodes that are stored."""

    def __init__(self, flow: Flow) -> None:
        self._scopes = flow.scopes
        self._fields = Fields(flow.scopes)

    def config(self, node: ast.expr, scope: Scope) -> dict[str, Any] | None:
        """The keys of a node; None when not all can be seen."""
        written = literal(self._bound(node, scope))
        if isinstance(written, dict):
            return written
        owner = self._class(node, scope)
        keys = self._keys(owner, 0) if owner is not None else None
        return None if keys is None else keys | _arguments(node, keys)

    def _bound(self, node: ast.expr, scope: Scope) -> ast.expr:
        """What a name stands for, where it is bound once."""
        around: Scope | None = scope
        while isinstance(node, ast.Name) and around is not None:
            values = around.every_value(node.id)
            if values is None or len(values) > 1:
                return node
            if values:
                return values[0]
            around = around.outer
        return node

    def _class(self, node: ast.expr, scope: Scope) -> ast.ClassDef | None:
        """The class that an expression is, or makes an object of."""
        return self._fields.named(node.func if isinstance(node, ast.Call) else node, scope)

    def _keys(self, owner: ast.ClassDef, depth: int) -> dict[str, Any] | None:
        around = self._scopes.defined_in(owner)
        if around is None or depth > _DEEPEST or not self._is_dataclass(owner, around):
            return None
        found: dict[str, Any] = {}
        for base in reversed(owner.bases):
            above = self._fields.named(base, around)
            keys = self._keys(above, depth + 1) if above is not None else None
            name = full_name(named_by(base), around.module.outside)
            if keys is None and not name.startswith(_BASES):
                return None
            found |= keys or {}
        own = annotated(owner)
        return found | {name: self._value(item, around, depth) for name, item in own}

    def _is_dataclass(self, owner: ast.ClassDef, around: Scope) -> bool:
        outside = around.module.outside
        names = (full_name(named_by(one), outside) for one in owner.decorator_list)
        return any(name == "dataclasses.dataclass" for name in names)

    def _value(self, item: ast.AnnAssign, scope: Scope, depth: int) -> Any:
        """The value of a field, a dict where it has keys; `UNKNOWN` where it may have any."""
        value = _default(item.value)
        if value is not None:
            value = self._bound(value, scope)
        owners = [self._fields.annotated(item.annotation, scope)]
        owners += [self._class(value, scope)] if value is not None else []
        classes = list(dict.fromkeys(one for one in owners if one is not None))
        if any(_is_enum(one) for one in classes):
            return None
        if classes:
            parts = [self._keys(one, depth + 1) for one in classes]
            keys = {key: one for part in parts if part for key, one in part.items()}
            return UNKNOWN if None in parts else keys | _arguments(value, keys)
        if value is None or _is_missing(value, scope):
            return MISSING if _KEYLESS.issuperset(_names(item.annotation)) else UNKNOWN
        written = literal(value)
        if written is not None or isinstance(value, ast.Constant):
            return written
        return _UNSEEN if _PLAIN.issuperset(_names(item.annotation)) else UNKNOWN


def _arguments(made: ast.expr | None, keys: dict[str, Any]) -> dict[str, Any]:
    """The values that an object of a class gets instead of the class's own."""
    if not isinstance(made, ast.Call):
        return {}
    first = {name: _UNSEEN for name, _ in zip(keys, made.args, strict=False)}
    named = {k.arg: k.value for k in made.keywords if k.arg is not None}
    plain = {name: value for name, value in named.items() if not isinstance(keys.get(name), dict)}
    given = {name: literal(value) for name, value in plain.items()}
    return first | {name: _UNSEEN if one is None else one for name, one in given.items()}


def _default(value: ast.expr | None) -> ast.expr | None:
    """What a field has where it is left out: what is given, or what `field(...)` makes."""
    if not isinstance(value, ast.Call) or called_name(value) not in ("field", "Field"):
        return value
    given = {keyword.arg: keyword.value for keyword in value.keywords}
    made = given.get("default_factory")
    if isinstance(made, ast.Lambda):
        return made.body
    if isinstance(made, ast.Name) and made.id in ("dict", "list"):
        return ast.Dict([], []) if made.id == "dict" else ast.List([], ast.Load())
    return made if made is not None else given.get("default")


def _is_missing(value: ast.expr, scope: Scope) -> bool:
    return full_name(value, scope.module.outside).rpartition(".")[2] == "MISSING"


def _is_enum(owner: ast.ClassDef) -> bool:
    return any("Enum" in ast.unparse(base) for base in owner.bases)


def _names(annotation: ast.expr) -> Iterator[str]:
    """The types of which a value, or one below it, may be."""
    if isinstance(annotation, ast.BinOp):
        yield from _names(annotation.left)
        yield from _names(annotation.right)
    elif isinstance(annotation, ast.Subscript):
        outer = ast.unparse(annotation.value).rpartition(".")[2]
        inner = annotation.slice
        if outer in _LISTS:
            return
        if outer not in ("Optional", "Union"):
            yield outer
        for part in inner.elts if isinstance(inner, ast.Tuple) else [inner]:
            yield from _names(part)
    elif isinstance(annotation, ast.Constant):
        yield annotation.value if isinstance(annotation.value, str) else "None"
    else:
        yield ast.unparse(annotation).rpartition(".")[2]
