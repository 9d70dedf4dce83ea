"""Dicts and lists of which the content is known."""

from __future__ import annotations

from typing import Any

from .tables import Row, Table
from .values import ANY, NO_MARKS, Marks, Value


def row(items: list[Value], *, is_tuple: bool = False) -> Value:
    """A list of which all is known."""
    return Value((Row(items, is_tuple=is_tuple),))


def elements(value: Value, marks: Marks = NO_MARKS) -> Value:
    """A list of some elements that may each be a value."""
    return Value((Row(None, value),), marks)


def from_data(data: Any, marks: Marks = NO_MARKS, *, attributes: bool = False) -> Value:
    """What a YAML or JSON file, or a sweep config, has for a value.

    Args:
        data: The value.
        marks: The hyperparameters that it is of.
        attributes: Whether dicts are read by attributes too.
    """
    if isinstance(data, dict):
        items = {
            key: from_data(one, marks, attributes=attributes)
            for key, one in data.items()
            if isinstance(key, str | int | float | bool | type(None))
        }
        return Value((Table(items, attributes=attributes),), marks)
    if isinstance(data, list | tuple):
        return Value((Row([from_data(one, marks, attributes=attributes) for one in data]),), marks)
    is_plain = isinstance(data, str | int | float | bool | type(None))
    is_plain = is_plain and not (isinstance(data, str) and "${" in data)
    return Value((data if is_plain else ANY,), marks)
