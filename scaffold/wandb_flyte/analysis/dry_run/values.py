"""What an expression may be in a trial: some alternatives, and the hyperparameters behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]
Marks = frozenset[Path]
NO_MARKS: Marks = frozenset()
# What Python's own values are of which all is known.
PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...))
# As many constants are told apart, and as many objects.
_MOST_CONSTANTS = 10
_MOST_OBJECTS = 40


@dataclass(frozen=True)
class Some:
    """A value that is not known.

    Attributes:
        kind: Its type; `object` where that is not known either.
        start: What it begins with, where it is a text.
    """

    kind: type = object
    start: str = ""


ANY = Some()


class Value:
    """What an expression may be.

    Attributes:
        options: The alternatives: constants of Python's, objects of this package, or `Some`.
        marks: The hyperparameters that decide about it.
    """

    __slots__ = ("marks", "options")

    def __init__(self, options: tuple[Any, ...], marks: Marks = NO_MARKS) -> None:
        self.options = options
        self.marks = marks

    @property
    def is_known(self) -> bool:
        """Whether nothing about it is unknown: each alternative is a constant, or an object."""
        return not any(isinstance(one, Some) for one in self.options)

    @property
    def constants(self) -> tuple[Any, ...] | None:
        """Its alternatives, where all are constants; None otherwise."""
        return self.options if all(isinstance(one, PLAIN) for one in self.options) else None

    @property
    def only(self) -> Any:
        """What it is, where there is one alternative; an unknown value otherwise."""
        return self.options[0] if len(self.options) == 1 else ANY

    def marked(self, marks: Marks) -> Value:
        """The same, decided about by some hyperparameters more."""
        return Value(self.options, self.marks | marks) if marks - self.marks else self


UNKNOWN = Value((ANY,))
NONE = Value((None,))


def of(constant: Any, marks: Marks = NO_MARKS) -> Value:
    """What is one thing alone."""
    return Value((constant,), marks)


def join(values: Iterable[Value]) -> Value:
    """What is one of several values."""
    values = list(values)
    if len(values) == 1:
        return values[0]
    options = [option for value in values for option in value.options]
    marks = frozenset().union(*(value.marks for value in values)) if values else NO_MARKS
    return Value(_distinct(options), marks)


def either(options: Iterable[Any], marks: Marks = NO_MARKS) -> Value:
    """What is one of several alternatives."""
    return Value(_distinct(list(options)), marks)


def _distinct(options: list[Any]) -> tuple[Any, ...]:
    """Alternatives, each once, and those that are too many as one unknown."""
    found: dict[Any, Any] = {}
    for option in options:
        key = (type(option), option) if isinstance(option, (*PLAIN, Some)) else id(option)
        found.setdefault(key, option)
    distinct = list(found.values())
    plain = [one for one in distinct if isinstance(one, PLAIN)]
    unknown = [one for one in distinct if isinstance(one, Some)]
    objects = [one for one in distinct if not isinstance(one, (*PLAIN, Some))]
    if ANY in unknown:
        plain, unknown = [], [ANY]
    elif len(plain) > _MOST_CONSTANTS:
        kinds = {type(one) for one in plain if one is not None}
        unknown = [*unknown, Some(next(iter(kinds)))] if len(kinds) == 1 else [ANY]
        plain = [None] if None in plain and ANY not in unknown else []
    return (*plain, *unknown, *objects[:_MOST_OBJECTS]) or (ANY,)


def truth(value: Value) -> bool | None:
    """Whether something is true; None where that is not known."""
    found = {_is_true(one) for one in value.options}
    return found.pop() if len(found) == 1 else None


def decides(value: Value) -> Marks:
    """The hyperparameters on which it depends whether something is true.

    Where it is the same for each of several values, that is none of them.
    """
    return NO_MARKS if truth(value) is not None and len(value.options) > 1 else value.marks


def _is_true(option: Any) -> bool | None:
    if isinstance(option, PLAIN):
        return bool(option)
    ask = getattr(option, "truth", None)
    return ask() if ask is not None else None
