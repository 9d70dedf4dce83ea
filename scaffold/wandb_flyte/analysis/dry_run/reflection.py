"""What Python's own functions tell of objects, and change: `getattr`, `isinstance`, `vars`."""

from __future__ import annotations

from typing import Any

from .attributes import may_have, perhaps_of
from .machine import Machine
from .objects import Arguments, Frame, Function, Instance, Klass, ModuleObject, Outside
from .tables import Row, Table
from .values import ANY, NONE, PLAIN, UNKNOWN, Some, Value, either, join, of

_TYPES: dict[str, type] = {
    "bool": bool,
    "dict": dict,
    "float": float,
    "int": int,
    "list": list,
    "set": set,
    "str": str,
    "tuple": tuple,
}

# Modules whose classes are what numbers and texts are, too.
_ABSTRACT = frozenset({"abc", "builtins", "collections", "numbers", "types", "typing"})


class Reflection:
    """Calls functions that ask objects for what they are and have.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine

    def type_(self, given: Arguments, frame: Frame | None) -> Value:
        """`type`: the class of an object."""
        value = given.get("", 0) or UNKNOWN
        if len(given.places) > 1:  # A class that is made of a dict.
            self._m.give_all(given)
            return UNKNOWN
        only = value.only
        if isinstance(only, Instance):
            return Value((only.klass,), value.marks)
        kinds = {one.kind if isinstance(one, Some) else type(one) for one in value.options}
        kind = kinds.pop() if len(kinds) == 1 else object
        known = kind in (bool, float, int, str)
        return Value((Outside(f"builtins.{kind.__name__}") if known else ANY,), value.marks)

    def getattr_(self, given: Arguments, frame: Frame | None) -> Value:
        """`getattr`: an attribute, or what is given for none."""
        if len(given.places) < 2:
            self._m.give_all(given)
            return UNKNOWN
        base, name, *default = given.places
        self._m.touch(name.marks)
        names = name.constants
        if names is None:
            return self._any_of(base, default)
        found: list[Value] = []
        for one in names:
            value = self._m.attributes.find(base, str(one)) if default else None
            if not default:
                value = self._m.attributes.get(base, str(one))
            found.append(value if value is not None else default[0])
        is_sure = all(isinstance(o, Instance | Table | ModuleObject) for o in base.options)
        return join([*found, *([] if is_sure else default)])

    def _any_of(self, base: Value, default: list[Value]) -> Value:
        """What an attribute of an unknown name may be."""
        found: list[Value] = [UNKNOWN, *default]
        for option in base.options:
            if isinstance(option, Table):
                found += list(option.values())
            elif isinstance(option, Instance):
                found += list(option.names.values())
            elif isinstance(option, ModuleObject):
                kept = [
                    value
                    for value in option.frame.names.values()
                    if isinstance(value.only, Function | Klass)
                ]
                for value in kept:
                    self._m.give_out(value)
        value = join(found)
        self._m.give_out(value)
        return value

    def isinstance_(self, given: Arguments, frame: Frame | None) -> Value:
        """`isinstance`, as far as types are known."""
        if len(given.places) < 2:
            return UNKNOWN
        value, kinds = given.places[:2]
        found = {_is_of(one, kind) for one in value.options for kind in [kinds.only]}
        known = found.pop() if len(found) == 1 else None
        return Value((Some(bool) if known is None else known,), value.marks)

    def hasattr_(self, given: Arguments, frame: Frame | None) -> Value:
        """`hasattr`, as far as attributes are known."""
        if len(given.places) < 2:
            return UNKNOWN
        base, name = given.places[:2]
        self._m.touch(name.marks)
        names = name.constants
        plain = (*PLAIN, Some)
        if names is not None and all(isinstance(one, plain) for one in base.options):
            known = {may_have(one, str(names[0])) for one in base.options if one is not ANY}
            if len(known) == 1 and ANY not in base.options and len(names) == 1:
                return Value((known.pop(),), base.marks)
        kinds = Instance | Table | ModuleObject
        if names is None or not all(isinstance(one, kinds) for one in base.options):
            return Value((Some(bool),), base.marks)
        found: set[bool] = set()
        for option in base.options:
            for one in names:
                is_there = self._m.attributes.own(option, str(one)) is not None
                if not is_there and isinstance(option, Instance) and _may_make(option):
                    return Value((Some(bool),), base.marks)
                if isinstance(option, Table) and (option.rest is not None or option.is_loose):
                    return Value((Some(bool),), base.marks)
                if one in perhaps_of(option):
                    return Value((Some(bool),), base.marks)
                found.add(is_there)
        return Value((found.pop() if len(found) == 1 else Some(bool),), base.marks)

    def setattr_(self, given: Arguments, frame: Frame | None) -> Value:
        """`setattr`: sets an attribute."""
        if len(given.places) < 3:
            self._m.give_all(given)
            return NONE
        base, name, value = given.places[:3]
        names = name.constants
        if names is None:
            self._m.items.put_unknown(base, value)
            return NONE
        with self._m.perhaps(len(names) > 1):
            for one in names:
                self._m.attributes.put(base, str(one), value)
        return NONE

    def vars_(self, given: Arguments, frame: Frame | None) -> Value:
        """`vars`: the attributes of an object."""
        value = given.get("", 0) or UNKNOWN
        options: list[Any] = []
        for option in value.options:
            if isinstance(option, Instance):
                options.append(option.table)
            elif isinstance(option, ModuleObject):
                options.append(Table(option.frame.names, is_frame=True))
            else:
                options.append(option)
        return either(options, value.marks)

    def globals_(self, frame: Frame | None) -> Value:
        """`globals`: the names of a module."""
        if frame is None:
            return UNKNOWN
        return of(Table(frame.module.frame.names, UNKNOWN, is_frame=True))


def _is_of(option: Any, kind: Any) -> bool | None:
    """Whether something is of a type, or of one of some types; None where that is not known."""
    if isinstance(kind, Row):
        found = {_is_of(option, one.only) for one in kind.values()}
        return True if True in found else None if None in found else False
    if isinstance(kind, Klass):
        if isinstance(option, Instance):
            is_one = kind in option.klass.bases
            return True if is_one else None if "?" in option.klass.outside else False
        return False if isinstance(option, PLAIN) else None
    name = kind.name.removeprefix("builtins.") if isinstance(kind, Outside) else ""
    if name not in _TYPES:
        is_class = bool(name) and name.partition(".")[0] not in _ABSTRACT
        return False if is_class and isinstance(option, PLAIN) else None
    if isinstance(option, PLAIN):
        return isinstance(option, _TYPES[name])
    if isinstance(option, Some) and option is not ANY:
        return issubclass(option.kind, _TYPES[name])
    if isinstance(option, Row) and name in ("bool", "dict", "float", "int", "str"):
        return False
    if isinstance(option, Table) and name in ("bool", "float", "int", "list", "str", "tuple"):
        return False
    return None


def _may_make(option: Instance) -> bool:
    """Whether an object may have attributes that nothing here sets."""
    makes = any(map(option.klass.find, ("__getattr__", "__getattribute__")))
    return makes or bool(option.klass.outside)
