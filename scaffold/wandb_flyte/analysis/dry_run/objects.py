"""The things that live in a program while it runs: dicts, lists, functions, classes, objects."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.syntax import Function as FunctionNode

from .values import NO_MARKS, UNKNOWN, Marks, Value, join

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


@dataclass(eq=False)
class Frame:
    """The names of a function that runs, of a class body, or of a module.

    Attributes:
        module: The module that it stands in.
        names: What its names are.
        outer: The function around it.
        function: The function; None for a module and a class body.
        results: What it has returned so far.
        given: What it has yielded so far.
        shared: Its names that are the module's, or the function's around it.
        is_class: Whether it is a class body.
        region: Where it was entered.
        turn: The turn of a loop in which it was entered.
    """

    module: ModuleObject
    names: dict[str, Value] = field(default_factory=dict)
    outer: Frame | None = None
    function: Function | None = None
    results: list[Value] = field(default_factory=list)
    given: list[Value] = field(default_factory=list)
    shared: dict[str, Frame] = field(default_factory=dict)
    is_class: bool = False
    region: int = field(default_factory=REGION.get)
    turn: int = field(default_factory=TURN.get)


@dataclass(eq=False)
class ModuleObject:
    """A file of the program that has been imported."""

    source: Module
    frame: Frame = field(init=False)

    def __post_init__(self) -> None:
        self.frame = Frame(self)

    def truth(self) -> bool:
        """Always."""
        return True


@dataclass(eq=False)
class Function:
    """A function of the program.

    Attributes:
        node: Its definition.
        frame: Where it was defined.
        defaults: What its parameters are by default, by their names.
        owner: The class whose method it is.
        how: `staticmethod`, `classmethod`, `property` or nothing.
        gives: Whether `with` gets what it yields.
        keeps: Whether it gives the same again for the same arguments.
    """

    node: FunctionNode | ast.Lambda
    frame: Frame
    defaults: dict[str, Value]
    owner: Klass | None = None
    how: str = ""
    gives: bool = False
    keeps: bool = False

    def truth(self) -> bool:
        """Always."""
        return True

    @property
    def name(self) -> str:
        """How it is called in the source."""
        return getattr(self.node, "name", "<lambda>")


@dataclass(eq=False)
class Klass:
    """A class of the program.

    Attributes:
        node: Its definition.
        frame: Where it was defined.
        names: What its body binds.
        bases: The classes of the program that it is made of, itself first, in the order of lookup.
        outside: The full names of the other classes among them.
        has_fields: Whether its annotations are what it takes: a dataclass and the like.
        has_maker: Whether a class of it, a metaclass, makes its objects.
    """

    node: ast.ClassDef
    frame: Frame
    names: dict[str, Value] = field(default_factory=dict)
    bases: list[Klass] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    has_fields: bool = False
    has_maker: bool = False

    def truth(self) -> bool:
        """Always."""
        return True

    def find(self, name: str, after: Klass | None = None) -> Value | None:
        """What a name of the class is; None for one that its bases here do not have.

        Args:
            name: The name.
            after: Only bases behind this one are asked.
        """
        bases = self.bases
        if after in bases:
            bases = bases[bases.index(after) + 1 :]
        for one in bases:
            if name in one.names:
                return one.names[name]
        return None


@dataclass(eq=False)
class Instance:
    """An object of a class of the program.

    Attributes:
        klass: Its class.
        table: Its own attributes, as its `__dict__`.
    """

    klass: Klass
    table: Table = field(default_factory=Table)

    @property
    def region(self) -> int:
        """Where it was made."""
        return self.table.region

    @property
    def turn(self) -> int:
        """The turn of a loop in which it was made."""
        return self.table.turn

    @property
    def names(self) -> dict[Any, Value]:
        """Its own attributes, by their names."""
        return self.table.items

    def truth(self) -> bool | None:
        """Whether it is true, as far as its class says nothing else."""
        has_own = self.klass.outside or any(map(self.klass.find, ("__len__", "__bool__")))
        return None if has_own else True


@dataclass(eq=False)
class Bound:
    """A method with its object.

    Attributes:
        of: What it is called on, which it gets first.
        function: The method.
    """

    of: Value
    function: Any

    def truth(self) -> bool:
        """Always."""
        return True


@dataclass(eq=False)
class Method:
    """A method of Python's own, or of an object that is not known.

    Attributes:
        of: What it is called on.
        name: Its name.
    """

    of: Value
    name: str

    def truth(self) -> bool | None:
        """Nobody knows: it may be an attribute."""
        return None


@dataclass(eq=False)
class Super:
    """What `super()` gives.

    Attributes:
        instance: The object.
        klass: The class in whose method it stands.
    """

    instance: Value
    klass: Klass

    def truth(self) -> bool:
        """Always."""
        return True


@dataclass(eq=False)
class Partial:
    """A function with some of its arguments."""

    function: Value
    arguments: Arguments

    def truth(self) -> bool:
        """Always."""
        return True


@dataclass(frozen=True)
class Outside:
    """A module, function or class of a package.

    Attributes:
        name: Its full name, `torch.optim.Adam`.
    """

    name: str

    def truth(self) -> bool | None:
        """A module and a function are; a constant of a package may be false."""
        return None


@dataclass(eq=False)
class Foreign:
    """An object of a package, of a class that is known.

    Attributes:
        name: The full name of its class.
        marks: The hyperparameters that it was made with, which matter once it is used.
        parts: What it holds besides.
    """

    name: str
    marks: Marks = NO_MARKS
    parts: dict[str, Any] = field(default_factory=dict)

    def truth(self) -> bool | None:
        """Not known."""
        return None


@dataclass
class Arguments:
    """What a call gives.

    Attributes:
        places: What it gives by place.
        names: What it gives by name.
        more: What it gives by places that are not known; None for nothing.
        others: What it gives by names that are not known; None for nothing.
    """

    places: list[Value] = field(default_factory=list)
    names: dict[str, Value] = field(default_factory=dict)
    more: Value | None = None
    others: Value | None = None

    def all(self) -> Iterator[Value]:
        """All that it gives."""
        yield from self.places
        yield from self.names.values()
        yield from (one for one in (self.more, self.others) if one is not None)

    def get(self, name: str, place: int | None = None) -> Value | None:
        """What it gives for a parameter of a known place; None for nothing, or for who knows."""
        if name in self.names:
            return self.names[name]
        if place is not None and place < len(self.places):
            return self.places[place]
        return self.more or self.others if place is not None else self.others

    def behind(self, first: Value) -> Arguments:
        """The same, with an object in the first place."""
        return Arguments([first, *self.places], self.names, self.more, self.others)
