"""Dicts and lists: what they are made of, and what they give when they are gone through."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from .machine import Machine
from .made import elements
from .objects import Arguments, Foreign, Frame, Instance, Klass, Method
from .tables import Row, Table
from .values import ANY, NO_MARKS, UNKNOWN, Marks, Some, Value, either, join, of, truth

_STARTS = ("__iter__", "__aiter__")
_ITERATES = tuple((name, list[Value]()) for name in (*_STARTS, "__next__", "__anext__"))
# What a list is made of by a comprehension, at most, one by one.
_MOST_TURNS = 64


class Containers:
    """Makes dicts and lists, and goes through them.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine

    def dict_of(self, node: ast.Dict, frame: Frame) -> Value:
        """What a dict that is written out comes to."""
        made = Table()
        marks = NO_MARKS
        for key, one in zip(node.keys, node.values, strict=True):
            value = self._m.expressions.value(one, frame)
            if key is None:
                self.take_up(made, value)
                continue
            found = self._m.expressions.value(key, frame)
            marks |= found.marks
            made.lines.update(dict.fromkeys(found.constants or (), key.lineno))
            constants = found.constants
            if constants is not None:
                for constant in constants:
                    made.items[constant] = value
            else:
                made.rest = value if made.rest is None else join([made.rest, value])
        return Value((made,), marks)

    def take_up(self, made: Table, value: Value) -> None:
        """Puts what another dict has into one."""
        surely = len(value.options) == 1 and self._m.is_sure(made)
        for option in value.options:
            held = option
            if isinstance(option, Instance):
                held = option.table
            if isinstance(held, Table):
                for key, one in list(held.items.items()):
                    marked = one.marked(value.marks)
                    self._m.items.put_in(made, key, marked, surely=surely)
                rest = held.rest
            elif isinstance(held, Row):
                rest = self._pairs_into(made, held)
            else:
                rest = Value((ANY,), value.marks) if held is not None else None
                self._m.give_out(of(held))
            if isinstance(held, Table):
                made.is_loose |= held.is_loose or held.is_config
            if rest is not None:
                made.blur(rest)

    def _pairs_into(self, made: Table, pairs: Row) -> Value | None:
        """Puts the pairs of a list into a dict; what of them has no known key is given back."""
        if pairs.items is None:
            return self.element(pairs.element)
        for pair in pairs.items:
            only = pair.only
            items = only.items if isinstance(only, Row) else None
            key = items[0].constants if items and len(items) == 2 else None
            if not key or items is None:
                return UNKNOWN
            for one in key:
                made.items[one] = items[1]
        return None

    def list_of(self, node: ast.List | ast.Tuple | ast.Set, frame: Frame) -> Value:
        """What a list, tuple or set that is written out comes to."""
        items: list[Value] | None = []
        several: list[Value] = []
        for one in node.elts:
            value = self._m.expressions.value(one, frame)
            if not isinstance(one, ast.Starred):
                several.append(value)
                if items is not None:
                    items.append(value)
                continue
            inner = value.only
            known = inner.items if isinstance(inner, Row) else None
            several += known if known is not None else [self.element(value)]
            items = [*items, *known] if items is not None and known is not None else None
        is_tuple = isinstance(node, ast.Tuple)
        return of(Row(items, join(several) if several and items is None else UNKNOWN, is_tuple))

    def element(self, value: Value) -> Value:
        """What something gives when it is gone through."""
        found = [self._element(one) for one in value.options]
        return join(found).marked(value.marks)

    def _element(self, option: Any) -> Value:
        if isinstance(option, Instance) and "typing.NamedTuple" in option.klass.outside:
            return join([UNKNOWN, *option.names.values()])
        if isinstance(option, Row):
            return option.any()
        if isinstance(option, Table):
            known = either(list(option.items)) if option.items else UNKNOWN
            return known if option.rest is None else UNKNOWN
        if isinstance(option, str):
            return Value((Some(str),))
        if isinstance(option, Instance):
            return self._of_instance(option)
        if isinstance(option, Klass):
            members = [v for k in option.bases for n, v in k.names.items() if not n.startswith("_")]
            return join([UNKNOWN, *members])
        if isinstance(option, Foreign):
            self._m.touch(option.marks)
        if isinstance(option, Method):
            self._m.give_out(option.of)
        return UNKNOWN

    def _of_instance(self, option: Instance) -> Value:
        found: list[Value] = [UNKNOWN]
        asked = (*_ITERATES, ("__getitem__", [UNKNOWN]))
        for name, given in asked:
            function = self._m.attributes.own(option, name)
            if function is not None and option.klass.find(name) is not None:
                made = self._m.calls.call(function, Arguments(list(given)))
                found.append(made if name not in _STARTS else self._plainly(made, option))
        return join(found)

    def _plainly(self, made: Value, option: Instance) -> Value:
        kept = [one for one in made.options if one is not option and not isinstance(one, Instance)]
        return self.element(Value(tuple(kept) or (ANY,), made.marks))

    def turns(self, value: Value) -> list[Value] | None:
        """What each turn of a loop gets, one by one; None where that is not known."""
        only = value.only
        found: list[Value] | None = None
        if isinstance(only, Row) and only.items is not None:
            found = list(only.items)
        elif isinstance(only, Table) and only.rest is None:
            found = [of(key) for key in only.items]
        if found is None or len(found) > _MOST_TURNS:
            return None
        return [one.marked(value.marks) for one in found]

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame
    ) -> Value:
        """What a comprehension makes."""
        inner = Frame(frame.module, outer=frame, function=frame.function)
        inner.shared = frame.shared
        made: list[Value] = []
        marks, sure = self._over(
            node.generators, inner, lambda: made.append(self._m.expressions.value(node.elt, inner))
        )
        if sure:
            return Value((Row(made),), marks)
        return elements(join(made) if made else UNKNOWN, marks)

    def dict_comprehension(self, node: ast.DictComp, frame: Frame) -> Value:
        """What a comprehension of a dict makes."""
        inner = Frame(frame.module, outer=frame, function=frame.function)
        made = Table()

        def turn() -> None:
            key, value = (
                self._m.expressions.value(node.key, inner),
                self._m.expressions.value(node.value, inner),
            )
            if key.constants is not None:
                for one in key.constants:
                    made.items[one] = value
            else:
                value = value.marked(key.marks)
                made.rest = value if made.rest is None else join([made.rest, value])

        marks, _ = self._over(node.generators, inner, turn)
        return Value((made,), marks)

    def _over(
        self, generators: list[ast.comprehension], frame: Frame, turn: Callable[[], None]
    ) -> tuple[Marks, bool]:
        """Goes through a comprehension's loops; its marks, and whether each turn is sure."""
        if not generators:
            turn()
            return NO_MARKS, True
        first, *others = generators
        value = self._m.expressions.value(first.iter, frame)
        turns, marks = self.turns(value), value.marks
        sure = turns is not None
        # What a turn changes, the next one sees.
        again = 1 if self._m.loops else 2
        for one in turns if turns is not None else [self.element(value)] * again:
            before = self._m.changes
            self._m.statements.assign(first.target, one, frame)
            tests = [self._m.expressions.value(test, frame) for test in first.ifs]
            known = [truth(test) for test in tests]
            marks = marks.union(*(test.marks for test in tests))
            if False in known:
                continue
            every = nullcontext() if turns is not None else self._m.looped()
            with self._m.perhaps(None in known or turns is None), every:
                inner, is_sure = self._over(others, frame, turn)
            marks |= inner
            sure = sure and is_sure and None not in known
            if turns is None and self._m.changes == before:
                break
        return marks, sure
