"""What Python's own functions do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .machine import Machine
from .made import elements, row
from .objects import Arguments, Foreign, Frame, Instance
from .reflection import Reflection
from .tables import Row, Table
from .trial import Lost
from .values import ANY, NO_MARKS, NONE, PLAIN, UNKNOWN, Marks, Some, Value, either, join, of, truth

Call = Callable[[Arguments, Frame | None], Value]
_MOST_TURNS = 64


class BuiltIn:
    """Calls functions of Python's own.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine
        reflection = Reflection(machine)
        self._known: dict[str, Call] = {
            "abs": self._computed,
            "all": self._computed,
            "any": self._computed,
            "bool": self._convert(bool),
            "callable": self._computed,
            "chr": self._computed,
            "dict": self.dict,
            "enumerate": self._enumerate,
            "eval": self._lost,
            "exec": self._lost,
            "filter": self._filter,
            "float": self._convert(float),
            "format": self._computed,
            "getattr": reflection.getattr_,
            "globals": lambda given, frame: reflection.globals_(frame),
            "hasattr": reflection.hasattr_,
            "id": self._computed,
            "int": self._convert(int),
            "isinstance": reflection.isinstance_,
            "issubclass": self._computed,
            "iter": self._iterated,
            "len": self._len,
            "list": self._listed,
            "locals": lambda given, frame: UNKNOWN,
            "map": self._map,
            "max": self._extreme,
            "min": self._extreme,
            "next": self._next,
            "open": self._open,
            "ord": self._computed,
            "print": lambda given, frame: NONE,
            "range": self.range,
            "repr": self._computed,
            "reversed": self._listed,
            "round": self._computed,
            "set": self._listed,
            "frozenset": self._listed,
            "setattr": reflection.setattr_,
            "sorted": self._listed,
            "str": self._convert(str),
            "sum": self._sum,
            "tuple": self._listed,
            "type": reflection.type_,
            "vars": reflection.vars_,
            "zip": self._zip,
            "super": lambda given, frame: UNKNOWN,
            "object": lambda given, frame: UNKNOWN,
        }

    def find(self, name: str) -> Call | None:
        """The function of a name; None for one of which nothing is known here."""
        return self._known.get(name)

    def _marks(self, given: Arguments) -> Marks:
        marks = NO_MARKS
        for value in given.all():
            marks |= value.marks
            for option in value.options:
                if isinstance(option, Row):
                    marks = marks.union(*(one.marks for one in option.values()))
        return marks

    def _lost(self, given: Arguments, frame: Frame | None) -> Value:
        raise Lost

    def _iterated(self, given: Arguments, frame: Frame | None) -> Value:
        """`iter(many)`, or `iter(function, last)`, which calls it again and again."""
        first = given.get("", 0) or UNKNOWN
        if given.get("", 1) is None:
            return first
        return elements(self._m.calls.call(first, Arguments(), frame))

    def _computed(self, given: Arguments, frame: Frame | None) -> Value:
        for value in given.all():
            for option in value.options:
                if isinstance(option, Foreign):
                    self._m.touch(option.marks)
        return Value((ANY,), self._marks(given))

    def _convert(self, kind: type) -> Call:
        def convert(given: Arguments, frame: Frame | None) -> Value:
            value = given.get("", 0)
            if value is None:
                return of(kind())
            return self.converted(value, kind)

        return convert

    def converted(self, value: Value, kind: type) -> Value:
        """A value as another type."""
        if kind is bool:
            known = truth(value)
            return Value((Some(bool) if known is None else known,), value.marks)
        options = [self._converted(one, kind) for one in value.options]
        if kind in (int, float) and not any(_may_be(one, kind) for one in value.options):
            self._m.stop(f"`{kind.__name__}` is given `{value.options[0]!r}`", value.marks)
        return either(options, value.marks)

    def _converted(self, option: Any, kind: type) -> Any:
        if isinstance(option, str | int | float | bool) or (kind is str and option is None):
            try:
                return kind(option)
            except (ValueError, OverflowError):
                return Some(kind)
        if kind is str and isinstance(option, Instance):
            for name in ("__str__", "__repr__"):
                if option.klass.find(name) is not None:
                    method = self._m.attributes.own(option, name)
                    self._m.calls.call(method or UNKNOWN, Arguments())
                    break
        return Some(kind)

    def _check(self, name: str, value: Value, kinds: tuple[type, ...]) -> None:
        """Notes that a trial stops where a function gets what it can't take."""
        if all(isinstance(one, kinds) for one in value.options):
            self._m.stop(f"`{name}` is given `{value.options[0]!r}`", value.marks)

    def _len(self, given: Arguments, frame: Frame | None) -> Value:
        value = given.get("", 0) or UNKNOWN
        only = value.only
        self._check("len", value, (int, float, type(None)))
        if isinstance(only, Row) and only.items is not None:
            return Value((len(only.items),), value.marks)
        if isinstance(only, Table) and only.rest is None:
            return Value((len(only.items),), self._m.marks_in(value))
        if isinstance(only, str):
            return Value((len(only),), value.marks)
        found: list[Value] = []
        for option in value.options:
            if isinstance(option, Instance) and option.klass.find("__len__") is not None:
                method = self._m.attributes.own(option, "__len__")
                with self._m.perhaps(len(value.options) > 1):
                    found.append(self._m.calls.call(method or UNKNOWN, Arguments()))
        if found:
            return join(found).marked(value.marks)
        return Value((Some(int),), self._m.marks_in(value))

    # -- lists -------------------------------------------------------------------------------------

    def range(self, given: Arguments, frame: Frame | None) -> Value:
        """What `range` gives."""
        marks = self._marks(given)
        for one in given.places:
            self._check("range", one, (str, float, type(None)))
        limits = [one.only for one in given.places]
        if limits and all(isinstance(one, int) for one in limits) and 0 not in limits[2:]:
            numbers = range(*limits[:3])
            if len(numbers) <= 4:
                return Value((Row([of(one) for one in numbers]),), marks)
        return elements(Value((Some(int),)), marks)

    def _listed(self, given: Arguments, frame: Frame | None) -> Value:
        value = given.get("", 0)
        if value is None:
            return row([])
        turns = self._m.containers.turns(value)
        marks = self._marks(given)
        if turns is not None:
            return Value((Row(turns),), marks)
        return elements(self._m.containers.element(value), marks)

    def _enumerate(self, given: Arguments, frame: Frame | None) -> Value:
        value = given.get("iterable", 0) or UNKNOWN
        turns = self._m.containers.turns(value)
        if turns is not None:
            pairs = [row([of(i), one], is_tuple=True) for i, one in enumerate(turns)]
            return Value((Row(pairs),), value.marks)
        element = self._m.containers.element(value)
        return elements(row([Value((Some(int),)), element], is_tuple=True), value.marks)

    def _zip(self, given: Arguments, frame: Frame | None) -> Value:
        turns = [self._m.containers.turns(one) for one in given.places]
        marks = self._marks(given)
        known = [one for one in turns if one is not None]
        if turns and len(known) == len(turns) and given.more is None:
            pairs = [row(list(one), is_tuple=True) for one in zip(*known, strict=False)]
            return Value((Row(pairs),), marks)
        parts = [self._m.containers.element(one) for one in given.all()]
        return elements(row(parts, is_tuple=True), marks)

    def _map(self, given: Arguments, frame: Frame | None) -> Value:
        if not given.places:
            return UNKNOWN
        function, parts = given.places[0], given.places[1:]
        turns = [self._m.containers.turns(one) for one in parts]
        if len(turns) == 1 and turns[0] is not None:
            made = [self._m.calls.call(function, Arguments([one])) for one in turns[0]]
            return row(made)
        with self._m.perhaps():
            found = [self._m.containers.element(one) for one in parts]
            return elements(self._m.calls.call(function, Arguments(found)))

    def _filter(self, given: Arguments, frame: Frame | None) -> Value:
        if len(given.places) < 2:
            return UNKNOWN
        element = self._m.containers.element(given.places[1])
        with self._m.perhaps():
            kept = self._m.calls.call(given.places[0], Arguments([element]))
        return elements(element, kept.marks)

    def _next(self, given: Arguments, frame: Frame | None) -> Value:
        value = given.get("", 0) or UNKNOWN
        default = given.places[1:2]
        return join([self._m.containers.element(value), *default])

    def _sum(self, given: Arguments, frame: Frame | None) -> Value:
        value = given.get("", 0) or UNKNOWN
        return Value((ANY,), self._marks(given) | self._m.containers.element(value).marks)

    def _extreme(self, given: Arguments, frame: Frame | None) -> Value:
        if len(given.places) == 1:
            return self._m.containers.element(given.places[0]).marked(self._marks(given))
        kinds = {type(one.only) for one in given.places}
        kind = kinds.pop() if len(kinds) == 1 else object
        return Value((Some(kind if kind in (int, float, str) else object),), self._marks(given))

    def dict(self, given: Arguments, frame: Frame | None) -> Value:
        """What `dict` gives."""
        made = Table()
        for value in given.places[:1]:
            self._m.containers.take_up(made, value)
        made.items.update(given.names)
        if given.others is not None:
            made.rest = given.others if made.rest is None else join([made.rest, given.others])
        return of(made)

    def _open(self, given: Arguments, frame: Frame | None) -> Value:
        name = given.get("file", 0) or UNKNOWN
        self._m.touch(name.marks)
        only = name.only
        return of(Foreign("open()", parts={"name": only if isinstance(only, PLAIN) else ANY}))


def _may_be(option: Any, kind: type) -> bool:
    """Whether something can be made a number."""
    if option is None:
        return False
    try:
        return not isinstance(option, str) or kind(option) is not None
    except (ValueError, OverflowError):
        return False
