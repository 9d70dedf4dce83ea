"""What packages for configs do: OmegaConf, argparse's namespaces, dataclasses, YAML."""

from __future__ import annotations

import re
from typing import Any

from .machine import Machine
from .made import from_data
from .objects import Arguments, Foreign, Frame, Instance
from .tables import Row, Table
from .values import NONE, UNKNOWN, Some, Value, of

_NUMBER = re.compile(r"[-+]?\d+[eE][-+]?\d+")


class ConfigCalls:
    """Calls functions that make configs of others.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine

    def copy(self, value: Value) -> Value:
        """Another object with the same in it."""
        options: list[Any] = []
        for one in value.options:
            if isinstance(one, Table):
                options.append(one.copy())
            elif isinstance(one, Row):
                options.append(Row(list(one.items) if one.items else one.items, one.element))
            elif isinstance(one, Instance):
                options.append(Instance(one.klass, one.table.copy()))
            else:
                options.append(one)
        return Value(tuple(options), value.marks)

    def namespace(self, given: Arguments) -> Value:
        """What is read by attributes of what a call gives."""
        made = Table(attributes=True)
        for one in given.places[:1]:
            self._m.containers.take_up(made, _with_attributes(one))
        made.items.update(given.names)
        made.rest = given.others if made.rest is None else made.rest
        return of(made)

    def merged(self, given: Arguments, frame: Frame | None) -> Value:
        """`OmegaConf.merge`: configs, each put over the ones before."""
        made = Table(attributes=True)
        for one in given.places:
            self._merge(made, one)
        for rest in (given.more, given.others):
            if rest is not None:
                made.rest = rest
        return of(made)

    def _merge(self, made: Table, value: Value) -> None:
        """Puts a config over another, key by key."""
        only = value.only
        if not isinstance(only, Table):
            self._m.containers.take_up(made, value)
            return
        for key, one in only.items.items():
            old = made.items.get(key)
            held, inner = old.only if old is not None else None, one.only
            if isinstance(held, Table) and isinstance(inner, Table):
                both = held.copy(attributes=True)
                self._merge(both, one)
                made.items[key] = of(both).marked(value.marks)
            else:
                made.items[key] = _with_attributes(one).marked(value.marks)
        made.rest = only.rest or made.rest

    def set_deep(self, given: Arguments, frame: Frame | None) -> Value:
        """`OmegaConf.update`: sets what is under a dotted key."""
        if len(given.places) < 3:
            return NONE
        base, key, value = given.places[:3]
        if not isinstance(key.only, str):
            self._m.items.put_unknown(base, value)
            return NONE
        *outer, last = key.only.split(".")
        for one in outer:
            base = self._m.items.get(base, of(one))
        self._m.items.put(base, of(last), value)
        return NONE

    def as_dict(self, given: Arguments, frame: Frame | None) -> Value:
        """What an object or a config has, as a dict."""
        made = Table()
        for one in given.places[:1]:
            self._m.containers.take_up(made, one)
        return of(made)

    def replaced(self, given: Arguments, frame: Frame | None) -> Value:
        """`dataclasses.replace`: another object with some other fields."""
        if not given.places:
            return UNKNOWN
        made = self.copy(given.places[0])
        for name, value in given.names.items():
            self._m.attributes.put(made, name, value)
        return made

    def load(self, given: Arguments, *, attributes: bool) -> Value:
        """What a file holds; unknown where it is not here."""
        source = given.places[0].only if given.places else None
        name = source.parts.get("name") if isinstance(source, Foreign) else source
        if not isinstance(name, str):
            return UNKNOWN
        data = self._m.given.read_file(name)
        if data is None:
            return UNKNOWN
        found = from_data(data, attributes=attributes)
        for option in found.options:
            if isinstance(option, Table):
                option.file = name
                for key, inner in option.items.items():
                    if isinstance(inner.only, Table):
                        inner.only.file = f"{name}#{key}"
        return _without_numbers(found) if attributes else found


def _without_numbers(value: Value) -> Value:
    """What OmegaConf loads: it reads `1e-3` as a number, which YAML takes for text."""
    for option in value.options:
        if isinstance(option, Table):
            option.items = {key: _without_numbers(one) for key, one in option.items.items()}
        elif isinstance(option, Row) and option.items is not None:
            option.items = [_without_numbers(one) for one in option.items]
    is_number = isinstance(value.only, str) and _NUMBER.fullmatch(value.only)
    return Value((Some(float),), value.marks) if is_number else value


def _with_attributes(value: Value) -> Value:
    """A config whose dicts are read by attributes, all the way down."""
    options: list[Any] = []
    for one in value.options:
        if isinstance(one, Table):
            items = {key: _with_attributes(inner) for key, inner in one.items.items()}
            options.append(Table(items, one.rest, attributes=True))
        else:
            options.append(one)
    return Value(tuple(options), value.marks)
