"""Names, attributes and items: what they are, and what is put there."""

from __future__ import annotations

import builtins
from typing import Any

from .machine import Machine
from .objects import (
    Arguments,
    Bound,
    Foreign,
    Frame,
    Function,
    Instance,
    Klass,
    Method,
    ModuleObject,
    Outside,
    Super,
)
from .tables import TURN, Row, Table
from .values import ANY, PLAIN, UNKNOWN, Some, Value, either, join, of

# What the trial's config has beside the hyperparameters.
CONFIG_METHODS = frozenset(
    {
        *("as_dict", "get", "items", "keys", "merge_locked", "persist", "setdefaults", "update"),
        *("update_locked", "values", "pop", "copy"),
    }
)
_BUILT_IN = frozenset(dir(builtins))
# How deep names are looked for in modules that take them from each other.
_DEEPEST = 6
# Methods of dicts that no list has.
_OF_DICTS = frozenset({"get", "items", "keys", "values"})


class Attributes:
    """Looks names, attributes and items up, and sets them.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine

    # -- names -------------------------------------------------------------------------------------

    def name(self, name: str, frame: Frame) -> Value:
        """What a name is, where it stands."""
        one: Frame | None = frame.shared.get(name, frame)
        while one is not None:
            if name in one.names and (one is frame or not one.is_class):
                held = one.names[name]
                return join([held, UNKNOWN]) if name in self._m.loose.names else held
            one = one.outer
        if (found := self.of_module(frame.module, name)) is not None:
            return found
        return of(Outside(f"builtins.{name}")) if name in _BUILT_IN else UNKNOWN

    def of_module(self, module: ModuleObject, name: str, depth: int = 0) -> Value | None:
        """What a name of a module is; None for one that it does not have."""
        if name in module.frame.names:
            return module.frame.names[name]
        source = module.source
        if name in source.imports:
            return self.imported(source.imports[name], depth)
        if name in source.outside:
            return of(Outside(source.outside[name]))
        for star in source.stars if depth < _DEEPEST else ():
            if (found := self.of_module(self._m.module(star), name, depth + 1)) is not None:
                return found
        return None

    def imported(self, found: tuple[Any, str], depth: int = 0) -> Value:
        """What an import of the program's own gives."""
        source, there = found
        module = self._m.module(source)
        if not there:
            return of(module)
        if depth < _DEEPEST and (value := self.of_module(module, there, depth + 1)) is not None:
            return value
        below = self._m.below(source, there)
        return of(below) if below is not None else UNKNOWN

    def bind_name(self, name: str, value: Value, frame: Frame) -> None:
        """Gives a name to a value."""
        frame = frame.shared.get(name, frame)
        self._m.keep(value)
        if name in frame.names:
            value = self._in_turn(frame.names[name], value, frame)
            if not self._m.is_sure(frame):
                value = join([frame.names[name], value])
        frame.names[name] = value

    # -- attributes --------------------------------------------------------------------------------

    def get(self, base: Value, name: str) -> Value:
        """What an attribute of something is."""
        found = [self._get(one, base, name) for one in base.options]
        if name in self._m.loose.attributes:
            found.append(UNKNOWN)
        elif not any(may_have(one, name) for one in base.options):
            self._m.stop(f"`{shown(base)}` has no `{name}`", base.marks)
        return join(found).marked(base.marks)

    def find(self, base: Value, name: str) -> Value | None:
        """The same; None where nothing of it has the attribute, as far as is known."""
        if all(isinstance(one, Instance | Table | ModuleObject) for one in base.options):
            found = [self.own(one, name) for one in base.options]
            known = [one for one in found if one is not None]
            unsure = any(name in perhaps_of(one) for one in base.options)
            return join([*known, UNKNOWN] if unsure else known) if known else None
        return self.get(base, name)

    def own(self, option: Any, name: str) -> Value | None:
        """What an object of the program has under a name; None for nothing."""
        if isinstance(option, Table):
            return option.get(name) if option.attributes else None
        if isinstance(option, ModuleObject):
            return self.of_module(option, name) or self._below(option, name)
        if name in option.names:
            held: Value = option.names[name]
            return held
        found = option.klass.find(name)
        if found is not None:
            return self.bound(found, of(option), option.klass)
        rest: Value | None = option.table.rest
        return rest

    def _get(self, option: Any, base: Value, name: str) -> Value:
        if isinstance(option, Instance | ModuleObject):
            return self._of_object(option, name)
        if isinstance(option, Table):
            return self._of_table(option, name, alone=len(base.options) == 1)
        if isinstance(option, Outside):
            return self._m.calls.packages.attribute(f"{option.name}.{name}")
        if isinstance(option, Klass):
            return self._of_class(option, name)
        if isinstance(option, Super):
            return self._of_super(option, name)
        if isinstance(option, Foreign):
            return self._of_foreign(option, name)
        if option is ANY or isinstance(option, Method):
            self._m.ask(name)
            if name == "config":
                # A logger's, or a run's, from wherever it came.
                return either([Method(Value((option,), base.marks), name), self._m.config])
        return of(Method(Value((option,), base.marks), name))

    def _of_object(self, option: Instance | ModuleObject, name: str) -> Value:
        found = self.own(option, name)
        if found is not None:
            return found
        if isinstance(option, Instance):
            if name == "__dict__":
                return of(option.table)
            if name == "__class__":
                return of(option.klass)
            if (getter := option.klass.find("__getattr__")) is not None:
                method = self.bound(getter, of(option), option.klass)
                return self._m.calls.call(method, Arguments([of(name)]))
            if option.klass.outside:
                self._m.ask(name)
                return of(Method(of(option), name))
        return UNKNOWN

    def _below(self, module: ModuleObject, name: str) -> Value | None:
        below = self._m.below(module.source, name)
        return of(below) if below is not None else None

    def _of_table(self, option: Table, name: str, *, alone: bool) -> Value:
        if name == "__dict__" or (option.is_config and name == "_items"):
            return of(option)
        is_method = name in CONFIG_METHODS and name not in option.items
        found = option.get(name) if option.attributes and not is_method else None
        if found is not None:
            return found
        if option.is_config and alone and name not in CONFIG_METHODS and name[:1] != "_":
            self._m.miss(name)
        return of(Method(of(option), name))

    def _of_class(self, option: Klass, name: str) -> Value:
        if name == "__name__":
            return of(option.node.name)
        found = option.find(name)
        if found is None:
            return of(Method(of(option), name))
        options = [
            Bound(of(option), one)
            if isinstance(one, Function) and one.how == "classmethod"
            else one
            for one in found.options
        ]
        return either(options, found.marks)

    def _of_super(self, option: Super, name: str) -> Value:
        instance = option.instance.only
        klass = instance.klass if isinstance(instance, Instance) else option.klass
        found = klass.find(name, option.klass)
        if found is None:
            return of(Method(of(option), name))
        return self.bound(found, option.instance, klass)

    def _of_foreign(self, option: Foreign, name: str) -> Value:
        if name in option.parts:
            part = option.parts[name]
            return part if isinstance(part, Value) else of(part)
        if name == "config" and option.name == "wandb.Run":
            return of(self._m.config)
        return of(Method(of(option), name))

    def bound(self, found: Value, instance: Value, klass: Klass) -> Value:
        """What a name of a class is when an object is asked for it."""
        values = [
            self.bind(one, instance, klass) if isinstance(one, Function) else of(one)
            for one in found.options
        ]
        return join(values).marked(found.marks)

    def bind(self, function: Function, instance: Value, klass: Klass) -> Value:
        """A function of a class, as an object has it."""
        if function.how == "staticmethod" or function.owner is None:
            return of(function)
        if function.how == "classmethod":
            return of(Bound(of(klass), function))
        if function.how == "property":
            return self._m.calls.call(of(function), Arguments([instance]))
        return of(Bound(instance, function))

    def put(self, base: Value, name: str, value: Value) -> None:
        """Sets an attribute."""
        self._m.touch(base.marks)
        self._m.keep(value)
        alone = len(base.options) == 1
        for option in base.options:
            held = option.frame if isinstance(option, ModuleObject) else option
            surely = alone and self._m.is_sure(held)
            if isinstance(option, Instance):
                self._put_on(option, name, value, surely=surely)
            elif isinstance(option, Table):
                self._m.items.put_in(option, name, value, surely=surely)
            elif isinstance(option, ModuleObject):
                self.into(option.frame, option.frame.names, name, value, surely=surely)
            elif isinstance(option, Klass):
                self.into(option, option.names, name, value, surely=surely)
            elif isinstance(option, Outside | Some | Foreign | Method):
                self._m.give_out(value)

    def _put_on(self, option: Instance, name: str, value: Value, *, surely: bool) -> None:
        found = option.klass.find(f"{name}.setter")
        if found is not None:
            method = self.bound(found, of(option), option.klass)
            self._m.calls.call(method, Arguments([value]))
            return
        if name == "__dict__":
            self._m.containers.take_up(option.table, value)
            return
        if (setter := option.klass.find("__setattr__")) is not None:
            method = self.bound(setter, of(option), option.klass)
            self._m.calls.call(method, Arguments([of(name), value]))
        self._m.hold(name, value)
        # What code has that is not read may be asked for before and after.
        surely = surely and not self._m.is_out(option)
        perhaps = option.table.perhaps
        self.into(option, option.names, name, value, surely=surely, perhaps=perhaps)

    def into(
        self,
        holder: Any,
        names: dict[Any, Value],
        key: Any,
        value: Value,
        *,
        surely: bool,
        perhaps: set[Any] | None = None,
    ) -> None:
        """Puts something under a name, beside what may be there."""
        old = names.get(key)
        if old is not None:
            value = self._in_turn(old, value, holder)
        if perhaps is not None and surely:
            perhaps.discard(key)
        elif perhaps is not None and old is None:
            perhaps.add(key)
        new = value if surely or old is None else join([old, value])
        if old is None or old.options != new.options or old.marks != new.marks:
            self._m.changes += 1
            names[key] = new

    def _in_turn(self, old: Value, new: Value, holder: Any) -> Value:
        """What a loop puts in the place of something: another number in each turn."""
        before, after = old.options, new.options
        if before == after or getattr(holder, "turn", 0) == TURN.get():
            return new
        numbers = [one.kind if isinstance(one, Some) else type(one) for one in (*before, *after)]
        if all(kind in (int, float) for kind in numbers):
            return either([Some(kind) for kind in dict.fromkeys(numbers)], new.marks)
        self._m.states += any(isinstance(one, PLAIN) and one not in before for one in after)
        return new


def perhaps_of(option: Any) -> set[Any]:
    """The names that an object may have, and may not."""
    table = option.table if isinstance(option, Instance) else option
    return table.perhaps if isinstance(table, Table) else set()


def may_have(option: Any, name: str) -> bool:
    """Whether something may have an attribute, as far as is known."""
    if isinstance(option, Row):
        return name not in _OF_DICTS or option.is_tuple
    return not isinstance(option, str | int | float | None) or hasattr(option, name)


def shown(value: Value) -> str:
    """A value, as people are told of it."""
    first = value.options[0]
    return "a number" if isinstance(first, Some) else str(first)[:60]
