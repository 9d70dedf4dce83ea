"""Dicts and lists of a program, and where in it something is made."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from .values import UNKNOWN, Value, join

# Which part of the program is gone through of which it is not known whether a run comes to it; 0
# for what every run comes to. What is made there is surely changed there.
REGION: ContextVar[int] = ContextVar("REGION", default=0)
# Which turn of a loop is gone through that stands for all of them; 0 outside of such loops. What it
# counts in a number that was there before is another one in each turn, and so is a list's length.
TURN: ContextVar[int] = ContextVar("TURN", default=0)
# What a list holds at most, one by one.
_MOST_ITEMS = 1000


@dataclass(eq=False)
class Table:
    """A dict, or what is read like one.

    Attributes:
        items: What is under the keys that are known.
        rest: What may be under any other key; None where there is no other.
        attributes: Whether its items are its attributes too, as a namespace's.
        is_config: Whether it is the trial's config, which keeps the sweep's values.
        is_loose: Whether it may have more keys than are known, whoever goes through it.
        is_frame: Whether it is the names of a function or a module.
        perhaps: The keys that may not be there.
        lines: Where the code puts its keys.
        file: The name of the file that it was loaded from; empty for none.
        region: Where it was made.
        turn: The turn of a loop in which it was made.
    """

    items: dict[Any, Value] = field(default_factory=dict)
    rest: Value | None = None
    attributes: bool = False
    is_config: bool = False
    is_loose: bool = False
    is_frame: bool = False
    perhaps: set[Any] = field(default_factory=set)
    lines: dict[Any, int] = field(default_factory=dict)
    file: str = ""
    region: int = field(default_factory=REGION.get)
    turn: int = field(default_factory=TURN.get)

    def truth(self) -> bool | None:
        """Whether it is true."""
        if self.items or self.attributes:
            return True
        return False if self.rest is None else None

    def get(self, key: Any) -> Value | None:
        """What is under a key; None where nothing is."""
        return self.items.get(key, self.rest)

    def values(self) -> Iterator[Value]:
        """All that is in it."""
        yield from self.items.values()
        if self.rest is not None:
            yield self.rest

    def copy(self, *, attributes: bool | None = None) -> Table:
        """Another one with the same in it."""
        as_attributes = self.attributes if attributes is None else attributes
        loose = self.is_loose or self.is_config
        made = Table(dict(self.items), self.rest, as_attributes, is_loose=loose)
        made.perhaps, made.lines = set(self.perhaps), dict(self.lines)
        return made

    def blur(self, value: Value) -> None:
        """Puts something under a key that is not known."""
        self.file = ""
        self.rest = value if self.rest is None else join([self.rest, value])
        self.items.update({key: join([old, value]) for key, old in self.items.items()})


@dataclass(eq=False)
class Row:
    """A list, a tuple, a set, or what else is gone through.

    Attributes:
        items: Its elements, where all are known one by one; None otherwise.
        element: What an element may be, where they are not.
        is_tuple: Whether it can't be changed.
        region: Where it was made.
        turn: The turn of a loop in which it was made.
    """

    items: list[Value] | None = None
    element: Value = UNKNOWN
    is_tuple: bool = False
    region: int = field(default_factory=REGION.get)
    turn: int = field(default_factory=TURN.get)

    def truth(self) -> bool | None:
        """Whether it has elements."""
        return None if self.items is None else bool(self.items)

    def any(self) -> Value:
        """What one of its elements may be."""
        if self.items is None:
            return self.element
        return join(self.items) if self.items else UNKNOWN

    def values(self) -> list[Value]:
        """All that is in it."""
        return [self.element] if self.items is None else self.items

    def add(self, value: Value, *, surely: bool) -> None:
        """Puts an element behind the others."""
        surely = surely and self.turn == TURN.get()
        if self.items is not None and surely and len(self.items) < _MOST_ITEMS:
            self.items.append(value)
            return
        self.element = join([*self.values(), value])
        self.items = None
