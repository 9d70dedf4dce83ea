"""What the source says of the keys that a program reads from its config: type, default, choices."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from wandb_flyte.analysis.command_line.interface import type_name
from wandb_flyte.analysis.source.choices import annotated_choices
from wandb_flyte.analysis.source.kinds import HOLDERS, called_name, literal, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.syntax import Function, annotated, parameters
from wandb_flyte.analysis.tracing.flow import Flow


@dataclass(frozen=True)
class Declared:
    """One hyperparameter.

    Attributes:
        type: `int`, `float`, `str` or `bool`; empty when unknown.
        default: Its default, None when there is none.
        choices: The values it takes, None when any.
        may_miss: Whether it has a default, None or one that is made included.
    """

    type: str = ""
    default: Any = None
    choices: tuple[Any, ...] | None = None
    may_miss: bool = field(default=False, compare=False)


def declared_fields(name: str, module: Module) -> dict[str, Declared]:
    """The fields of a class, in order; none when the program has no such class."""
    found = module.find(name)
    if found is None or not isinstance(found[1], ast.ClassDef):
        return {}
    return dict(_fields(found[1], found[0]))


def declared_keys(flow: Flow, read: Iterable[str]) -> dict[str, Declared]:
    """What a program says of the keys it reads: the signatures, classes and dicts they are in.

    Args:
        flow: The program.
        read: The keys.
    """
    names = set(read)
    found: dict[str, Declared] = {}
    for source in (_handed(flow), _classes(flow), _dicts(flow, names), _fallbacks(flow)):
        for candidate in source:
            if len(names & candidate.keys()) * 2 >= len(candidate):
                found = {**candidate, **found}
    return {name: one for name, one in found.items() if name in names}


def _handed(flow: Flow) -> Iterator[dict[str, Declared]]:
    """The parameters of functions that are called with `**config`."""
    for node, scope in _calls(flow):
        whole = [keyword.value for keyword in node.keywords if keyword.arg is None]
        if not any(kind.what in HOLDERS for value in whole for kind in flow.kinds(value, scope)):
            continue
        for target in flow.scopes.resolve(node.func, scope):
            inner = flow.scopes.init_of(target) if isinstance(target, ast.ClassDef) else target
            if inner is not None and inner.node is not None:
                yield dict(_parameters(inner.node, inner.module))


def _classes(flow: Flow) -> Iterator[dict[str, Declared]]:
    for module in flow.sources.modules:
        for node in module.definitions.values():
            if isinstance(node, ast.ClassDef) and (fields := dict(_fields(node, module))):
                yield fields


def _dicts(flow: Flow, names: set[str]) -> Iterator[dict[str, Declared]]:
    """Dicts of defaults: those whose keys the program reads."""
    for scope in flow.scopes.reached:
        for node in scope.nodes:
            items: list[tuple[str | None, ast.expr]] = []
            if isinstance(node, ast.Dict):
                items = [(text(k), v) for k, v in zip(node.keys, node.values, strict=True)]
            elif isinstance(node, ast.Call) and called_name(node) == "dict":
                items = [(keyword.arg, keyword.value) for keyword in node.keywords]
            found = {key: literal(value) for key, value in items if key}
            if any(found.get(name) is not None for name in names):
                yield {key: Declared(default=value) for key, value in found.items()}


def _fallbacks(flow: Flow) -> Iterator[dict[str, Declared]]:
    """`config.get("lr", 0.1)`."""
    for node, scope in _calls(flow):
        if called_name(node) not in ("get", "pop") or len(node.args) != 2:
            continue
        key, base = text(node.args[0]), getattr(node.func, "value", None)
        if key and any(k.what in HOLDERS and not k.path for k in flow.kinds(base, scope)):
            yield {key: Declared(default=literal(node.args[1]))}


def _calls(flow: Flow) -> Iterator[tuple[ast.Call, Scope]]:
    for scope in flow.scopes.reached:
        for node in scope.nodes:
            if isinstance(node, ast.Call):
                yield node, scope


def _parameters(node: Function, module: Module) -> Iterator[tuple[str, Declared]]:
    for arg, default in parameters(node):
        if arg.arg not in ("self", "cls"):
            yield arg.arg, _declared(arg.annotation, default, module)


def allowed_values(annotation: ast.expr | None, module: Module) -> tuple[Any, ...] | None:
    """The values that a `Literal` or an `Enum` allows, None among them where it is optional.

    Args:
        annotation: The annotation.
        module: Where it stands.
    """
    inner = _optional(annotation)
    choices = annotated_choices(inner or annotation, module)
    return (*choices, None) if choices and inner and None not in choices else choices


def _optional(node: ast.expr | None) -> ast.expr | None:
    """What `Optional[...]` or `... | None` allows beside None; None for anything else."""
    if isinstance(node, ast.Subscript):
        is_it = ast.unparse(node.value).rpartition(".")[2] == "Optional"
        return node.slice if is_it else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [node.left, node.right]
        other = [side for side in sides if getattr(side, "value", side) is not None]
        return other[0] if len(other) == 1 else None
    return None


def _fields(node: ast.ClassDef, module: Module) -> Iterator[tuple[str, Declared]]:
    for name, item in annotated(node):
        if "ClassVar" not in ast.unparse(item.annotation):
            yield name, _declared(item.annotation, item.value, module)


def _declared(annotation: ast.expr | None, default: ast.expr | None, module: Module) -> Declared:
    kind = type_name(annotation, default="")
    if isinstance(default, ast.Call) and called_name(default) in ("Field", "field"):
        named = {keyword.arg: keyword.value for keyword in default.keywords}
        made = named.get("default_factory")
        default = default.args[0] if default.args else named.get("default") or made
        if default is made:
            return Declared(kind, None, allowed_values(annotation, module), made is not None)
    return Declared(kind, literal(default), allowed_values(annotation, module), default is not None)
