"""Items of dicts, lists and objects: what they are, and what is put there."""

from __future__ import annotations

from typing import Any

from .attributes import shown
from .machine import Machine
from .objects import Arguments, Foreign, Instance, Klass
from .tables import Row, Table
from .values import PLAIN, UNKNOWN, Some, Value, either, join, of


class Items:
    """Looks items up, and sets them.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine

    def put_unknown(self, base: Value, value: Value) -> None:
        """Sets an attribute, or an item, whose name is not known."""
        for option in base.options:
            if isinstance(option, Table | Instance):
                (option if isinstance(option, Table) else option.table).blur(value)
            else:
                self._m.give_out(value)

    def remove(self, base: Value, name: Any) -> None:
        """Takes an attribute or an item away."""
        for option in base.options:
            table = option.table if isinstance(option, Instance) else option
            if not isinstance(table, Table) or table.is_config:
                continue
            if not self._m.is_sure(table) or len(base.options) > 1:
                table.perhaps.add(name)
            else:
                table.items.pop(name, None)

    def get(self, base: Value, key: Value) -> Value:
        """What is under a key, or in a place."""
        found = [self._get(one, base, key) for one in base.options]
        if not any(_may_hold(one, key) for one in base.options):
            what = f"`{shown(base)}` has no items"
            if isinstance(base.options[0], Table):
                what = f"the dict has no key `{shown(key)}`"
            self._m.stop(what, base.marks | key.marks)
        return join(found).marked(base.marks | key.marks)

    def _get(self, option: Any, base: Value, key: Value) -> Value:
        keys = key.constants
        if isinstance(option, Table):
            if keys is None:
                if option.is_config or option.attributes:
                    self._m.give_out(of(option))
                return join([UNKNOWN, *option.values()])
            for one in keys if option.is_config or option.is_loose else ():
                if one not in option.items and len(keys) == 1 and len(base.options) == 1:
                    self._m.miss(one)
            return join([option.get(one) or UNKNOWN for one in keys if _is_key(one)] or [UNKNOWN])
        if isinstance(option, Row):
            if option.items is None or keys is None:
                return option.any()
            places = [one for one in keys if isinstance(one, int)]
            size = len(option.items)
            return join([option.items[i] for i in places if -size <= i < size] or [option.any()])
        if isinstance(option, Instance):
            if (getter := option.klass.find("__getitem__")) is not None:
                method = self._m.attributes.bound(getter, of(option), option.klass)
                return self._m.calls.call(method, Arguments([key]))
            for one in keys or ():
                self._m.ask(str(one))
            return UNKNOWN
        if isinstance(option, Klass):
            return UNKNOWN if option.has_fields else self._member(option, keys)
        if isinstance(option, str) and keys is not None:
            letters = [
                option[i] for i in keys if isinstance(i, int) and -len(option) <= i < len(option)
            ]
            return either(letters) if letters else Value((Some(str),))
        if isinstance(option, Foreign):
            self._m.touch(option.marks)
        for one in keys or ():
            self._m.ask(str(one))
        return UNKNOWN

    def _member(self, klass: Klass, keys: tuple[Any, ...] | None) -> Value:
        """`Color["RED"]`, or a class that is given types."""
        found = [klass.find(one) for one in keys or () if isinstance(one, str)]
        known = [one for one in found if one is not None]
        return join(known) if known else of(klass)

    def put(self, base: Value, key: Value, value: Value) -> None:
        """Sets an item."""
        self._m.keep(value)
        self._m.touch(key.marks | base.marks)
        keys, alone = key.constants, len(base.options) == 1
        for option in base.options:
            surely = alone and self._m.is_sure(option)
            if isinstance(option, Table) and keys is not None:
                for one in keys:
                    if _is_key(one):
                        self.put_in(option, one, value, surely=surely and len(keys) == 1)
            elif isinstance(option, Table):
                self.put_unknown(of(option), value)
            elif isinstance(option, Row):
                self._put_in_row(option, keys, value, surely=surely)
            elif (
                isinstance(option, Instance)
                and (setter := option.klass.find("__setitem__")) is not None
            ):
                method = self._m.attributes.bound(setter, of(option), option.klass)
                self._m.calls.call(method, Arguments([key, value]))
            else:
                self._m.give_out(value)

    def put_in(self, option: Table, key: Any, value: Value, *, surely: bool) -> None:
        """Sets an item of a dict."""
        if option.is_config and key in self._m.given.config:
            return  # The sweep's own value stays.
        if option is self._m.environ:
            self._m.give_out(value)
        option.lines[key] = self._m.place[1]
        if key not in ("description", "name"):
            option.file = ""  # It is another sweep config now.
        perhaps = option.perhaps
        self._m.attributes.into(option, option.items, key, value, surely=surely, perhaps=perhaps)

    def _put_in_row(
        self, option: Row, keys: tuple[Any, ...] | None, value: Value, *, surely: bool
    ) -> None:
        size = len(option.items) if option.items is not None else 0
        if option.items is not None and keys is not None and len(keys) == 1:
            place = keys[0]
            if isinstance(place, int) and -size <= place < size:
                old = option.items[place]
                option.items[place] = value if surely else join([old, value])
                return
        option.element = join([*option.values(), value])
        option.items = None


def _may_hold(option: Any, key: Value) -> bool:
    """Whether something may have what is under a key, as far as is known."""
    if isinstance(option, int | float | None):
        return False
    if isinstance(option, Some) and option.kind in (int, float, bool):
        return False
    is_dict = isinstance(option, Table) and not (
        option.attributes or option.is_config or option.is_loose
    )
    if not is_dict or option.rest is not None or key.constants is None:
        return True
    return any(one in option.items for one in key.constants)


def _is_key(constant: Any) -> bool:
    return isinstance(constant, PLAIN)
