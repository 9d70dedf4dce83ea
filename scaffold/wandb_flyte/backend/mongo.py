"""Mongo-style conditions and sort orders, as W&B's API takes them, on objects of any kind.

`value_at` says what an object has at a key such as `config.lr.value`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import re2

from wandb_flyte.backend import jsontext
from wandb_flyte.backend.errors import BackendError

T = TypeVar("T")
ValueAt = Callable[[T, str], Any]

_MOST_PATTERN_BYTES = 4 * 1024 * 1024


def tree_of(text: str | None) -> dict[str, Any]:
    """The conditions in the JSON text; none when there is no text.

    Raises:
        BackendError: It is no JSON object.
    """
    try:
        tree = jsontext.loads(text) if text else {}
    except (ValueError, RecursionError):
        tree = text
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise BackendError(f"filters `{text}` is not a JSON object")
    return tree


def test_of(key: str, condition: Any, value_at: ValueAt[T]) -> Callable[[T], bool]:
    """Whether an object meets one condition.

    Raises:
        BackendError: It is no condition.
    """
    if key in ("$and", "$or", "$nor"):
        if not isinstance(condition, list):
            raise BackendError(f"filter `{key}` takes a list, not `{condition}`")
        tests = [tree_test(part, value_at) for part in condition]
        if key == "$and":
            return lambda item: all(test(item) for test in tests)
        wanted = key == "$or"
        return lambda item: any(test(item) for test in tests) is wanted
    if key == "$not":
        negated = tree_test(condition, value_at)
        return lambda item: not negated(item)
    if key.startswith("$"):
        raise BackendError(f"filter operator `{key}` is not known")
    matches = _matcher(condition)
    return lambda item: matches(value_at(item, key))


def tree_test(tree: Any, value_at: ValueAt[T]) -> Callable[[T], bool]:
    """Whether an object meets all the conditions of a tree.

    Raises:
        BackendError: It is no tree of conditions.
    """
    tests = [test_of(key, condition, value_at) for key, condition in checked_tree(tree).items()]
    return lambda item: all(test(item) for test in tests)


def checked_tree(tree: Any) -> dict[str, Any]:
    """The tree itself.

    Raises:
        BackendError: It is no tree of conditions.
    """
    if not isinstance(tree, dict):
        raise BackendError(f"filter `{tree}` is not a JSON object")
    return tree


def sort(items: Sequence[T], order: str, value_at: ValueAt[T]) -> list[T]:
    """The items in an order such as `-summary_metrics.loss`; those without the key last."""
    ordered = list(items)
    for part in reversed([part.strip() for part in order.split(",")]):
        path = part.lstrip("+-")
        keyed = [(_sort_key(value_at(item, path)), item) for item in ordered]
        present = [(key, item) for key, item in keyed if key is not None]
        present.sort(key=lambda pair: pair[0], reverse=part.startswith("-"))
        ordered = [item for _, item in present] + [item for key, item in keyed if key is None]
    return ordered


def _matcher(condition: Any) -> Callable[[Any], bool]:
    if not (isinstance(condition, dict) and any(key.startswith("$") for key in condition)):
        return lambda value: _equal(value, condition)
    checks = [_operator(name, operand) for name, operand in condition.items()]
    return lambda value: all(check(value) for check in checks)


def _operator(name: str, operand: Any) -> Callable[[Any], bool]:
    if name == "$regex":
        pattern = _pattern(str(operand))
        return lambda value: isinstance(value, str) and pattern.search(value) is not None
    if name == "$not":
        inner = _matcher(operand)
        return lambda value: not inner(value)
    simple: dict[str, Callable[[Any], bool]] = {
        "$eq": lambda value: _equal(value, operand),
        "$ne": lambda value: not _equal(value, operand),
        "$in": lambda value: any(_equal(value, option) for option in operand),
        "$nin": lambda value: not any(_equal(value, option) for option in operand),
        "$exists": lambda value: (value is not None) is bool(operand),
        "$gt": lambda value: _comparable(value, operand) and value > operand,
        "$gte": lambda value: _comparable(value, operand) and value >= operand,
        "$lt": lambda value: _comparable(value, operand) and value < operand,
        "$lte": lambda value: _comparable(value, operand) and value <= operand,
    }
    if name not in simple:
        raise BackendError(f"filter operator `{name}` is not known")
    if name in ("$in", "$nin") and not isinstance(operand, list):
        raise BackendError(f"filter operator `{name}` takes a list, not `{operand}`")
    return simple[name]


def _pattern(text: str) -> re2._Regexp:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_PATTERN_BYTES
    try:
        # Not Python's own: a pattern such as `(a+)+$` would hold the server for hours there.
        return re2.compile(text, options)
    except re2.error as error:
        why = error.args[0].decode(errors="replace")
        raise BackendError(f"`{text[:200]}` is not a regular expression: {why}") from None


def _equal(value: Any, wanted: Any) -> bool:
    if isinstance(value, list) and not isinstance(wanted, list):
        return wanted in value if wanted is not None else not value
    return bool(value == wanted)


def _comparable(value: Any, operand: Any) -> bool:
    if isinstance(operand, str):
        return isinstance(value, str)
    return jsontext.number(value) is not None and jsontext.number(operand) is not None


def _sort_key(value: Any) -> tuple[int, Any] | None:
    if (as_number := jsontext.number(value)) is not None:
        return (0, as_number)
    if isinstance(value, bool):
        return (0, float(value))
    return (1, value) if isinstance(value, str) else None
