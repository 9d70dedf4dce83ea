"""The things that live in a program while it runs: functions, classes, objects."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.syntax import Function as FunctionNode

from .tables import REGION, TURN, Table
from .values import NO_MARKS, Marks, Value


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
