"""Methods of Python's own objects, and of those that packages give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .machine import Machine
from .made import elements, row
from .objects import Arguments, Foreign, Frame, Instance, Klass, Method, Super
from .tables import Row, Table
from .values import ANY, NO_MARKS, NONE, PLAIN, UNKNOWN, Marks, Some, Value, join, of

# Methods that only tell people something.
TELLS = frozenset(
    {
        *("critical", "debug", "error", "exception", "info", "log_hyperparams", "print", "rule"),
        *("set_description", "set_description_str", "set_postfix", "set_postfix_str", "success"),
        *("warn", "warning", "add_hparams", "add_text"),
    }
)
# Methods of modules of PyTorch that give the module itself, or something that calls none of it.
_SAME = frozenset(
    {
        *("bfloat16", "cpu", "cuda", "double", "eval", "float", "half", "requires_grad_", "to"),
        *("train", "apply"),
    }
)
_QUIET = frozenset(
    {
        *("buffers", "children", "load_state_dict", "modules", "named_children"),
        *("named_modules", "named_parameters", "parameters", "register_buffer", "state_dict"),
        *("zero_grad", "log", "log_dict", "freeze", "unfreeze"),
    }
)
# Methods that may log, whatever they are of.
_LOGS = frozenset({"log", "log_dict", "log_metric", "log_metrics"})
# Methods that give all parts of a module.
_PARTS = frozenset({"children", "modules", "named_children", "named_modules"})
_TEXT = frozenset(
    {
        *("capitalize", "casefold", "count", "endswith", "find", "isalpha", "isdigit", "isnumeric"),
        *("lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rpartition"),
        *("rsplit", "rstrip", "split", "startswith", "strip", "swapcase", "title", "upper"),
    }
)
_GIVES_BOOL = frozenset({"endswith", "isalpha", "isdigit", "isnumeric", "startswith"})


class Methods:
    """Calls methods.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine
        self._table: dict[str, Callable[[Table, Arguments, Marks], Value]] = {
            "get": self._get,
            "pop": self._pop,
            "setdefault": self._set_default,
            "items": lambda table, given, marks: self._items(table, marks),
            "keys": lambda table, given, marks: self._keys(table, marks),
            "values": lambda table, given, marks: self._values(table, marks),
            "update": self._update,
            "update_from_dict": self._update,
            "merge_with": self._update,
            "merge_update": self._update,
            "setdefaults": self._update,
            "copy": lambda table, given, marks: Value((table.copy(),), marks),
            "as_dict": lambda table, given, marks: Value((table.copy(attributes=False),), marks),
            "to_dict": lambda table, given, marks: Value((table.copy(attributes=False),), marks),
            "toDict": lambda table, given, marks: Value((table.copy(attributes=False),), marks),
            "_asdict": lambda table, given, marks: Value((table.copy(attributes=False),), marks),
            "__setitem__": self._set_item,
            "__setattr__": self._set_item,
            "__getitem__": self._get,
            "persist": lambda table, given, marks: NONE,
        }

    def call(self, method: Method, given: Arguments, frame: Frame | None) -> Value:
        """What a method gives."""
        option, name, marks = method.of.options[0], method.name, method.of.marks
        if isinstance(option, Table) and name in self._table:
            return self._table[name](option, given, marks)
        if isinstance(option, Row):
            return self._of_row(option, name, given, marks)
        if isinstance(option, PLAIN) or (isinstance(option, Some) and option is not ANY):
            return self._of_plain(option, name, given, marks)
        if isinstance(option, Instance):
            return self._of_instance(option, name, given, frame)
        if isinstance(option, Klass):
            return self._of_class(option, given)
        if isinstance(option, Super):
            return self._of_super(option, name, given, frame)
        if isinstance(option, Foreign):
            return self._m.calls.packages.method(option, name, given, frame)
        if name in TELLS and not isinstance(option, Table) and not self._m.handles_logs:
            return UNKNOWN
        if name in _LOGS:
            self._m.log(given.get("data", 0))
        self._m.give_out(method.of)
        self._m.give_all(given)
        self._m.touch_named(given, frame)
        return self._m.outcome(given, method.of)

    # -- dicts -------------------------------------------------------------------------------------

    def _get(self, table: Table, given: Arguments, marks: Marks) -> Value:
        key = given.get("key", 0) or UNKNOWN
        default = given.get("default", 1) or NONE
        rest = [table.rest] if table.rest is not None else []
        if key.constants is None:
            return join([default, UNKNOWN, *table.values()]).marked(marks | key.marks)
        found = [
            table.items[one]
            if one in table.items and one not in table.perhaps
            else join([default, *rest, *([table.items[one]] if one in table.items else [])])
            for one in key.constants
        ]
        return join(found).marked(marks | key.marks)

    def _pop(self, table: Table, given: Arguments, marks: Marks) -> Value:
        found = self._get(table, given, marks)
        key = given.places[0].only if given.places else ANY
        if isinstance(key, PLAIN) and self._m.is_sure(table) and not table.is_config:
            table.items.pop(key, None)
        return found

    def _set_default(self, table: Table, given: Arguments, marks: Marks) -> Value:
        found = self._get(table, given, marks)
        key = given.places[0].only if given.places else ANY
        if isinstance(key, PLAIN) and key not in table.items:
            value = given.get("default", 1) or NONE
            self._m.items.put_in(table, key, value, surely=self._m.is_sure(table))
            return value
        return found

    def _set_item(self, table: Table, given: Arguments, marks: Marks) -> Value:
        if len(given.places) == 2:
            self._m.items.put(of(table), *given.places)
        return NONE

    def _items(self, table: Table, marks: Marks) -> Value:
        pairs = [
            row([of(key), value.marked(marks)], is_tuple=True) for key, value in table.items.items()
        ]
        if table.rest is None:
            return Value((Row(pairs),), marks)
        return elements(join([*pairs, row([UNKNOWN, table.rest], is_tuple=True)]), marks)

    def _keys(self, table: Table, marks: Marks) -> Value:
        keys = [of(key) for key in table.items]
        if table.rest is None:
            return Value((Row(keys),), marks)
        return elements(UNKNOWN, marks)

    def _values(self, table: Table, marks: Marks) -> Value:
        found = [one.marked(marks) for one in table.values()]
        if table.rest is None:
            return Value((Row(found),), marks)
        return elements(join([UNKNOWN, *found]), marks)

    def _update(self, table: Table, given: Arguments, marks: Marks) -> Value:
        take_up = self._m.containers.take_up
        skipped = {"allow_val_change"} if table.is_config else set()
        for value in given.places[:1]:
            take_up(table, value)
        for key, value in given.names.items():
            if key not in skipped:
                self._m.items.put_in(table, key, value, surely=self._m.is_sure(table))
        for rest in (given.more, given.others):
            if rest is not None:
                table.rest = rest if table.rest is None else join([table.rest, rest])
        return NONE

    # -- lists -------------------------------------------------------------------------------------

    def _of_row(self, option: Row, name: str, given: Arguments, marks: Marks) -> Value:
        surely, first = self._m.is_sure(option), given.places[0] if given.places else UNKNOWN
        if name in ("append", "add", "appendleft", "insert", "push", "put"):
            option.add(
                given.places[-1] if given.places else UNKNOWN,
                surely=surely
                and name
                in (
                    "append",
                    "add",
                ),
            )
            return NONE
        if name in ("extend", "update", "union", "__iadd__"):
            for one in given.places:
                turns = self._m.containers.turns(one)
                for value in turns if turns is not None else [self._m.containers.element(one)]:
                    option.add(value, surely=surely and turns is not None)
            return Value((option,), marks) if name == "union" else NONE
        if name in ("pop", "popleft", "get"):
            found = option.any()
            if option.items is not None:
                option.element, option.items = found, None
            return found.marked(marks | first.marks)
        if name == "copy":
            items = list(option.items) if option.items is not None else None
            return Value((Row(items, option.element, option.is_tuple),), marks)
        if name in ("sort", "reverse", "remove", "clear", "discard"):
            if option.items is not None:
                option.element, option.items = option.any(), None
            return NONE
        if name in ("index", "count"):
            inner = NO_MARKS.union(*(one.marks for one in option.values()))
            return Value((Some(int),), marks | first.marks | inner)
        self._m.give_out(of(option))
        self._m.give_all(given)
        return UNKNOWN

    # -- texts and numbers -------------------------------------------------------------------------

    def _of_plain(self, option: Any, name: str, given: Arguments, marks: Marks) -> Value:
        values = list(given.all())
        marks = marks.union(*(one.marks for one in values))
        kind = option.kind if isinstance(option, Some) else type(option)
        if kind is str and name in ("join", "format"):
            for one in values:
                element = self._m.containers.element(one) if name == "join" else one
                marks |= element.marks
            return Value((Some(str),), marks)
        constants = [one.only for one in values]
        is_known = isinstance(option, str) and all(isinstance(one, PLAIN) for one in constants)
        if is_known and name in _TEXT and not given.names:
            try:
                made = getattr(option, name)(*constants)
            except (TypeError, ValueError):
                return Value((ANY,), marks)
            if isinstance(made, list | tuple):
                return Value((Row([of(one) for one in made]),), marks)
            return Value((made,), marks)
        if kind is str and name in ("count", "find", "index", "rfind"):
            return Value((Some(int),), marks)
        if kind is str and name in _GIVES_BOOL:
            return Value((Some(bool),), marks)
        if kind is str and name in ("split", "rsplit", "partition", "rpartition", "splitlines"):
            return elements(Value((Some(str),), marks), marks)
        for one in values:
            if not one.is_known or one.constants is None:
                self._m.give_out(one)
        return Value((Some(str) if kind is str else ANY,), marks)

    # -- objects -----------------------------------------------------------------------------------

    def _of_instance(
        self, option: Instance, name: str, given: Arguments, frame: Frame | None
    ) -> Value:
        if name == "save_hyperparameters":
            return self._save(option, given)
        if name in TELLS:
            return UNKNOWN
        if name in _SAME:
            self._m.give_all(given)
            return of(option)
        if name == "log" or name == "log_dict":
            self._m.give_all(given)
            return UNKNOWN
        self._m.give_all(given)
        if name in _PARTS:
            self._m.touch(self._m.held_by(of(option)))
        if name not in _QUIET:
            self._m.escape(option)
        return self._m.outcome(given, of(option))

    def _save(self, option: Instance, given: Arguments) -> Value:
        """Lightning's `save_hyperparameters`: what the function around it has been given."""
        kept = Table(attributes=True)
        for one in self._m.frames:
            function = one.function
            if function is None or function.name != "__init__":
                continue
            if function.owner not in option.klass.bases:
                continue
            args = function.node.args
            names = [each.arg for each in (*args.posonlyargs, *args.args, *args.kwonlyargs)][1:]
            kept.items.update({name: one.names[name] for name in names if name in one.names})
            if args.kwarg is not None:
                self._m.containers.take_up(kept, one.names.get(args.kwarg.arg, UNKNOWN))
        for value in given.places:
            if not isinstance(value.only, str):
                self._m.containers.take_up(kept, value)
        self._m.attributes.put(of(option), "hparams", of(kept))
        return NONE

    def _of_class(self, option: Klass, given: Arguments) -> Value:
        self._m.give_all(given)
        unknown = Arguments([], dict(given.names), UNKNOWN, UNKNOWN)
        return join([UNKNOWN, self._m.calls.call(of(option), unknown)])

    def _of_super(self, option: Super, name: str, given: Arguments, frame: Frame | None) -> Value:
        instance = option.instance.only
        if name == "save_hyperparameters" and isinstance(instance, Instance):
            return self._save(instance, given)
        klass = option.klass
        if name == "__init__" and klass.has_fields and isinstance(instance, Instance):
            for key, value in given.names.items():
                self._m.attributes.put(of(instance), key, value)
            return NONE
        if name in ("__setattr__", "__setitem__") and len(given.places) == 2:
            key = given.places[0].only
            if isinstance(instance, Instance) and isinstance(key, str):
                self._m.hold(key, given.places[1])
                instance.names[key] = given.places[1]
                return NONE
        if name == "__new__":
            return of(Instance(klass))
        self._m.give_all(given)
        return self._m.outcome(given)
