"""What values in Python code are, as far as they are written out."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, TypeAlias

# A `Table`, a `Row`, an `Unknown`, or a plain text, number, boolean or None.
Value: TypeAlias = Any


@dataclass(frozen=True)
class Unknown:
    """What only running the code would tell."""

    node: ast.AST

    @property
    def line(self) -> int:
        """Where it stands."""
        return int(getattr(self.node, "lineno", 1))


@dataclass(frozen=True)
class Named(Unknown):
    """A file's path, the file itself once it is open, or its text."""

    file: str


@dataclass(frozen=True)
class Loaded(Unknown):
    """What a YAML or JSON file holds, or a part of it.

    Attributes:
        file: The file's path, as the code has it.
        part: Where in the file it stands.
        changes: What the code changes of it later, in one list for all of its parts.
    """

    file: str
    part: tuple[str, ...] = ()
    changes: list[ast.AST] = field(default_factory=list, compare=False)

    def at(self, key: str) -> Loaded:
        """What stands under a key."""
        return Loaded(self.node, self.file, (*self.part, key), self.changes)


@dataclass
class Table:
    """A dict: each key's value, and the line of the key."""

    items: dict[str, tuple[Value, int]] = field(default_factory=dict)
    doubt: Unknown | None = None


@dataclass
class Row:
    """A list or a tuple: each value with its line."""

    items: list[tuple[Value, int]] = field(default_factory=list)
    doubt: Unknown | None = None
