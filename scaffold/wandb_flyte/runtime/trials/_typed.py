"""Hyperparameters as an objective's annotations want them: dataclasses, and members of enums."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from types import NoneType, SimpleNamespace, UnionType
from typing import Any

from wandb_flyte.errors import UserError
from wandb_flyte.spec import python_name


def annotation_of(objective: Callable[..., Any], parameter: inspect.Parameter) -> Any:
    """The type that a parameter is annotated with, or None."""
    # On its own: another annotation may name what only a type checker imports.
    alone = SimpleNamespace(__annotations__={parameter.name: parameter.annotation})
    namespace = getattr(inspect.unwrap(objective), "__globals__", {})
    try:
        return typing.get_type_hints(alone, namespace).get(parameter.name)
    except Exception:
        return None


def whole_config(annotation: Any, default: Any, values: dict[str, Any], config: Any) -> Any:
    """All hyperparameters as the one argument that takes them.

    Args:
        annotation: The argument's type: a dataclass, a dict, or anything else.
        default: Its default: an object of a dataclass gives what the values do not.
        values: The hyperparameters.
        config: The run's config, for anything else.
    """
    if is_dataclass(default) and not isinstance(default, type):
        return replace(default, **_fields_of(type(default), values))
    kind = typing.get_origin(annotation) or annotation
    if isinstance(kind, type) and is_dataclass(kind):
        return _build(kind, values)
    if isinstance(kind, type) and issubclass(kind, dict):
        return values
    return config


def as_typed(name: str, annotation: Any, value: Any) -> Any:
    """A value as its annotation says: a nested one as a dataclass, one of an enum as its member.

    Args:
        name: The hyperparameter's name.
        annotation: A type, optional or not.
        value: Its value.

    Raises:
        UserError: The annotation is an enum, and the value stands for none of its members.
    """
    inside = typing.get_args(annotation)
    for kind in (annotation, *inside):
        if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, Mapping):
            return _build(kind, value)
    is_union = typing.get_origin(annotation) in (typing.Union, UnionType)
    kinds = inside if is_union else (annotation,)
    enums = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)]
    # In `Kind | str` a text that is none of its members is a text.
    others = [kind for kind in kinds if kind not in enums and kind is not NoneType]
    if not enums or (value is None and NoneType in kinds):
        return value
    for kind in enums:
        found = _member(kind, value)
        if found is not None:
            return found
    if others:
        return value
    names = " or ".join(f"`{kind.__name__}`" for kind in enums)
    known = ", ".join(f"`{member.value}`" for kind in enums for member in kind)
    raise UserError(f"`{name}` is `{value}`, which is no {names}.", hint=f"Its values are {known}.")


def _member(kind: type[Enum], value: Any) -> Enum | None:
    """The member with a value, else the one with a name."""
    try:
        return kind(value)
    except (ValueError, TypeError):
        return kind.__members__.get(value) if isinstance(value, str) else None


def _build(kind: type, values: Mapping[str, Any]) -> Any:
    """A dataclass of hyperparameters."""
    return kind(**_fields_of(kind, values))


def _fields_of(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Hyperparameters as a dataclass has them: nested ones built, by their names in Python."""
    known = {field.name: field for field in fields(kind)}
    hints = typing.get_type_hints(kind)
    given: dict[str, Any] = {}
    named: dict[str, str] = {}
    for name, value in values.items():
        field = name if name in known else python_name(name)
        other = named.setdefault(field, name)
        if other != name:
            raise UserError(
                f"`{other}` and `{name}` are both `{field}` in `{kind.__name__}`.",
                hint="Rename one of them in the sweep config.",
            )
        given[field] = as_typed(name, hints.get(field), value)
    return given
