"""What calls do: of the program's own functions and classes, and of all else."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

from wandb_flyte.analysis.source.syntax import annotated

from .machine import Machine
from .made import elements
from .methods import Methods
from .objects import (
    Arguments,
    Bound,
    Foreign,
    Frame,
    Function,
    Instance,
    Klass,
    Method,
    Outside,
    Partial,
)
from .packages import Packages
from .tables import Row, Table
from .values import NONE, PLAIN, UNKNOWN, Some, Value, join, of

# How often a function is gone through where it may run.
_MOST_RUNS = 8
_FIELDS = frozenset({"dataclasses.dataclass", "dataclass", "pydantic.dataclasses.dataclass"})
_FIELD_PACKAGES = ("attr", "chex", "flax.struct", "dataclasses", "pyrallis", "simple_parsing")


class Calls:
    """Calls what a program calls.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine
        self.packages = Packages(machine)
        self._methods = Methods(machine)
        # How often each function has been gone through.
        self._runs: dict[int, int] = {}
        # What functions gave for the same arguments, as long as no object has changed.
        self._results: dict[Any, tuple[int, Value]] = {}

    def call(self, function: Value, arguments: Arguments, frame: Frame | None = None) -> Value:
        """What a call gives."""
        self._m.step()
        self._m.touch(function.marks)
        found: list[Value] = []
        with self._m.perhaps(len(function.options) > 1):
            for option in function.options:
                found.append(self._call(option, arguments, frame))  # noqa: PERF401 - one by one
        return join(found)

    def _call(self, option: Any, arguments: Arguments, frame: Frame | None) -> Value:
        if isinstance(option, Function):
            return self._enter(option, arguments)
        if isinstance(option, Bound):
            return self._call(option.function, arguments.behind(option.of), frame)
        if isinstance(option, Klass):
            return self._make(option, arguments)
        if isinstance(option, Outside):
            return self.packages.call(option.name, arguments, frame)
        if isinstance(option, Method):
            return self._methods.call(option, arguments, frame)
        if isinstance(option, Partial):
            first = option.arguments
            both = Arguments(
                [*first.places, *arguments.places],
                {**first.names, **arguments.names},
                arguments.more or first.more,
                arguments.others or first.others,
            )
            return self.call(option.function, both, frame)
        if isinstance(option, Instance):
            return self._call_object(option, arguments)
        if isinstance(option, str | int | float | None):
            self._m.stop(f"`{option}` is called as a function")
        if isinstance(option, Foreign):
            if option.name == "typer.Typer":
                return self.packages.run_command()
            self._m.touch(option.marks)
        self._m.give_all(arguments)
        return self._m.outcome(arguments)

    def _call_object(self, option: Instance, arguments: Arguments) -> Value:
        for name in ("__call__", "forward", "call"):
            function = option.klass.find(name)
            if function is not None:
                method = self._m.attributes.own(option, name)
                return self.call(method or UNKNOWN, arguments)
        self._m.give_all(arguments)
        self._m.escape(option)
        return self._m.outcome(arguments)

    # -- functions ---------------------------------------------------------------------------------

    def _enter(self, function: Function, arguments: Arguments) -> Value:
        key, version = _key(function, arguments), self._m.changes
        known = self._results.get(key)
        if known is not None and (known[0] == version or function.keeps):
            return known[1]
        self._runs[id(function.node)] = self._runs.get(id(function.node), 0) + 1
        if self._m.weak and self._runs[id(function.node)] > _MOST_RUNS:
            return self._in_short(arguments)
        result = self._run(function, arguments)
        # What is made anew each time is not the same twice.
        kept = (*PLAIN, Some, Function, Klass, Outside)
        is_plain = all(isinstance(one, kept) for one in result.options)
        if function.keeps or (version == self._m.changes and is_plain):
            self._results[key] = (version, result)
        return result

    def _in_short(self, arguments: Arguments) -> Value:
        """What a function may do that has been gone through often: anything with what it gets."""
        self._m.give_all(arguments)
        for value in arguments.all():
            for option in value.options:
                if isinstance(option, Instance):
                    for held in option.names.values():
                        self._m.touch(self._m.marks_in(held))
        return self._m.outcome(arguments)

    def _run(self, function: Function, arguments: Arguments) -> Value:
        with self._m.inside(function.node) as goes:
            if not goes:
                self._m.give_all(arguments)
                self._m.escape(function)
                return self._m.outcome(arguments)
            inner = Frame(function.frame.module, outer=function.frame, function=function)
            self._bind(function, arguments, inner)
            if isinstance(function.node, ast.Lambda):
                return self._m.expressions.value(function.node.body, inner)
            self._m.frames.append(inner)
            try:
                ways = self._m.statements.block(function.node.body, inner)
            finally:
                self._m.frames.pop()
        if function.gives:
            entered = join(inner.given) if inner.given else UNKNOWN
            return of(Foreign("contextlib.contextmanager", parts={"entered": entered}))
        if inner.given or _yields(function.node):
            return elements(join(inner.given) if inner.given else UNKNOWN)
        # Where each way ends in an exception, nobody sees a result.
        found = [*inner.results, NONE] if ways & 1 else inner.results
        return join(found) if found else UNKNOWN

    def _bind(self, function: Function, given: Arguments, frame: Frame) -> None:
        """Gives the parameters of a function what a call gives."""
        args = function.node.args
        positional = [one.arg for one in (*args.posonlyargs, *args.args)]
        names = dict(given.names)
        for name, value in zip(positional, given.places, strict=False):
            frame.names[name] = value
        for name in (*positional, *(one.arg for one in args.kwonlyargs)):
            if name in names:
                value = names.pop(name)
                frame.names[name] = (
                    join([frame.names[name], value]) if name in frame.names else value
                )
            elif name not in frame.names:
                frame.names[name] = self._left_out(name, function, given, name in positional)
        more = given.places[len(positional) :]
        if args.vararg is not None:
            unknown = Row(None, join([*more, given.more])) if given.more is not None else None
            frame.names[args.vararg.arg] = of(unknown or Row(more, is_tuple=True))
        if args.kwarg is not None:
            frame.names[args.kwarg.arg] = of(Table(names, given.others))

    def _left_out(self, name: str, function: Function, given: Arguments, by_place: bool) -> Value:
        """What a parameter is that a call does not give by what is known of it."""
        default = function.defaults.get(name)
        unknown = [given.others, given.more if by_place else None]
        found = [one for one in (default, *unknown) if one is not None]
        return join(found) if found else UNKNOWN

    # -- classes -----------------------------------------------------------------------------------

    def _make(self, klass: Klass, arguments: Arguments) -> Value:
        if any(one.startswith("enum.") for one in klass.outside):
            return self._member(klass, arguments)
        instance = Instance(klass)
        made = of(instance)
        init, new = klass.find("__init__"), klass.find("__new__")
        is_open = new is not None or klass.has_maker
        for option in new.options if new is not None else ():
            self._m.escape(option)
        with self._m.inside(klass.node) as goes:
            if not goes or is_open:
                self._m.give_all(arguments)
            if goes and init is not None:
                method = self._m.attributes.own(instance, "__init__")
                self.call(method or UNKNOWN, arguments)
            elif goes and klass.has_fields:
                self._fill(instance, arguments)
            elif klass.outside:
                self._m.give_all(arguments)
            else:
                for one in arguments.all():
                    self._m.touch(one.marks)
        # Who makes objects himself may give any of them.
        return join([made, UNKNOWN]) if is_open else made

    def _member(self, klass: Klass, arguments: Arguments) -> Value:
        members = [
            value
            for name, value in klass.names.items()
            if not name.startswith("_") and isinstance(value.only, Instance)
        ]
        marks = [one.marks for one in arguments.all()]
        return join([*members, UNKNOWN]).marked(frozenset().union(*marks))

    def _fill(self, instance: Instance, arguments: Arguments) -> None:
        """Gives the fields of an object what a call gives."""
        names = dict(arguments.names)
        fields = [name for one in reversed(instance.klass.bases) for name, _ in annotated(one.node)]
        for name, value in zip(dict.fromkeys(fields), arguments.places, strict=False):
            names.setdefault(name, value)
        for name in dict.fromkeys(fields):
            default = instance.klass.find(name)
            unknown = [one for one in (arguments.others, arguments.more) if one is not None]
            found = (
                [names.pop(name)]
                if name in names
                else [
                    *([default] if default is not None else []),
                    *unknown,
                ]
            )
            self._m.attributes.put(of(instance), name, join(found) if found else UNKNOWN)
        # Fields may have other names where they are given.
        others = [join(names.values())] if names else []
        for name in dict.fromkeys(fields) if others else ():
            if name not in arguments.names:
                held = instance.names.get(name, UNKNOWN)
                self._m.attributes.put(of(instance), name, join([held, *others]))
        for name, value in names.items():
            self._m.attributes.put(of(instance), name, value)
        once = [
            instance.names.get(name, UNKNOWN)
            for one in reversed(instance.klass.bases)
            for name, field in annotated(one.node)
            if "InitVar" in ast.unparse(field.annotation)
        ]
        for name in ("__post_init__", "model_post_init", "__attrs_post_init__"):
            if instance.klass.find(name) is not None:
                method = self._m.attributes.own(instance, name)
                self.call(method or UNKNOWN, Arguments(once))

    # -- decorators and contexts -------------------------------------------------------------------

    def decorate(self, decorator: Value, value: Value) -> Value:
        """What a decorator makes of a function or a class."""
        only, klass = decorator.only, value.only
        name = (
            only.name.removeprefix("builtins.").removesuffix("()")
            if isinstance(only, Outside)
            else ""
        )
        if isinstance(klass, Klass):
            is_fields = name in _FIELDS or name.startswith(_FIELD_PACKAGES)
            klass.has_fields |= is_fields
            if is_fields or self.packages.is_plain_decorator(name):
                return value
            if not isinstance(only, Klass | Function | Bound | Partial):
                klass.outside.append("?")  # What that makes of it is not known.
                return self._m.outcome(Arguments([value]))
        if self.packages.is_plain_decorator(name):
            return value
        if (started := self.packages.started(name, value)) is not None:
            return started
        if isinstance(only, Function | Bound | Klass | Partial):
            return self.call(decorator, Arguments([value]))
        self._m.give_out(value)
        return self._m.outcome(Arguments([value]))

    def enter(self, value: Value) -> Value:
        """What `with` gives of something."""
        found: list[Value] = []
        for option in value.options:
            if isinstance(option, Instance) and option.klass.find("__enter__") is not None:
                method = self._m.attributes.own(option, "__enter__")
                found.append(self.call(method or UNKNOWN, Arguments()))
            elif isinstance(option, Instance) and option.klass.find("__aenter__") is not None:
                method = self._m.attributes.own(option, "__aenter__")
                found.append(self.call(method or UNKNOWN, Arguments()))
            elif isinstance(option, Foreign) and "entered" in option.parts:
                found.append(option.parts["entered"])
            else:
                found.append(Value((option,), value.marks))
        return join(found)

    def leave(self, value: Value) -> None:
        """What comes behind the block of a `with`."""
        for option in value.options:
            if isinstance(option, Instance):
                for name in ("__exit__", "__aexit__"):
                    if option.klass.find(name) is not None:
                        with self._m.perhaps():
                            method = self._m.attributes.own(option, name)
                            self.call(method or UNKNOWN, Arguments([UNKNOWN] * 3))
            elif isinstance(option, Foreign) and "entered" in option.parts:
                # The rest of the generator has been gone through: it may log what was put in here.
                entered = option.parts["entered"]
                if any(isinstance(one, Table | Row | Instance) for one in entered.options):
                    self._m.give_out(entered)
                    self._m.touch(self._m.held_by(entered))
                    self._m.logs_unseen = True


def _key(function: Function, arguments: Arguments) -> Any:
    """What tells two calls of a function apart."""
    names = [(name, _of(value)) for name, value in arguments.names.items()]
    more = [_of(one) for one in (arguments.more, arguments.others) if one is not None]
    return (id(function), *map(_of, arguments.places), *names, len(names), *more)


def _of(value: Value) -> Any:
    plain = (*PLAIN, Some)
    options = [(type(o), o) if isinstance(o, plain) else id(o) for o in value.options]
    return (*options, value.marks)


@lru_cache(maxsize=4096)
def _yields(node: ast.AST) -> bool:
    """Whether a function is a generator."""
    nested = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    todo = list(getattr(node, "body", []))
    while todo:
        one = todo.pop()
        if isinstance(one, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(one, nested):
            todo += ast.iter_child_nodes(one)
    return False
