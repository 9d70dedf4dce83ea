"""What imports, functions and classes bring into a program."""

from __future__ import annotations

import ast
from typing import Any

from wandb_flyte.analysis.source.syntax import Function as FunctionNode

from .machine import Machine
from .objects import Arguments, Frame, Function, Instance, Klass, Outside
from .tables import Table
from .values import NONE, UNKNOWN, Value, join, of

_ENUMS = ("enum.",)

_KEPT = frozenset({"functools.lru_cache", "functools.cache"})
# Classes of packages whose annotations are what they take.
_FIELDS = ("pydantic", "sqlmodel.", "attr", "chex.", "flax.struct.", "typing.NamedTuple")


class Definitions:
    """Goes through imports and definitions.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine

    def imports(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
        """Gives names to what other files and packages have."""
        source = frame.module.source
        for alias in node.names:
            name = alias.asname or alias.name
            if alias.name == "*":
                self._import_all(node, frame)
                continue
            if isinstance(node, ast.Import) and not alias.asname:
                name = name.partition(".")[0]
                if name in source.imports:
                    self._m.sources.load(alias.name)
            if name in source.imports:
                value = self._m.attributes.imported(source.imports[name])
                self._load_below(alias, node, source.imports[name])
            elif name in source.outside:
                value = of(Outside(source.outside[name]))
            else:
                continue
            self._m.attributes.bind_name(name, value, frame)

    def _import_all(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
        """`from module import *`: all names of a module."""
        module = node.module if isinstance(node, ast.ImportFrom) and not node.level else None
        loaded = self._m.sources.load(module) if module else None
        stars = frame.module.source.stars
        found = [loaded[0]] if loaded is not None and loaded[0] in stars else stars
        for star in found:
            for name, value in list(self._m.module(star).frame.names.items()):
                if not name.startswith("_"):
                    self._m.attributes.bind_name(name, value, frame)
        if module and (loaded is None or loaded[1]):
            # What another package has may be any of the names.
            frame.names.update({k: join([v, UNKNOWN]) for k, v in frame.names.items()})

    def _load_below(
        self, alias: ast.alias, node: ast.Import | ast.ImportFrom, found: tuple[Any, str]
    ) -> None:
        """`import pkg.part` runs the part, too."""
        if isinstance(node, ast.Import) and "." in alias.name and not alias.asname:
            loaded = self._m.sources.load(alias.name)
            if loaded is not None and loaded[0] is not found[0]:
                self._m.module(loaded[0])

    def function(self, node: FunctionNode, frame: Frame) -> None:
        """Gives a function its name, as its decorators make it."""
        function = Function(node, frame, self._m.expressions.defaults(node.args, frame))
        value, name = of(function), node.name
        for decorator in reversed(node.decorator_list):
            value, name = self._decorated(decorator, function, value, name, frame)
        self._m.attributes.bind_name(name, value, frame)

    def _decorated(
        self, decorator: ast.expr, function: Function, value: Value, name: str, frame: Frame
    ) -> tuple[Value, str]:
        if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter"):
            return value, f"{function.name}.{decorator.attr}"
        if isinstance(decorator, ast.Attribute) and decorator.attr == "getter":
            function.how = "property"
            return value, name
        found = self._m.expressions.value(decorator, frame)
        only = found.only
        full = only.name.removeprefix("builtins.") if isinstance(only, Outside) else ""
        if full in ("staticmethod", "classmethod", "property"):
            function.how = full
            return value, name
        if full in ("functools.cached_property", "abc.abstractproperty"):
            function.how = "property"
            return value, name
        if full in ("contextlib.contextmanager", "contextlib.asynccontextmanager"):
            function.gives = True
            return value, name
        function.keeps |= full.removesuffix("()") in _KEPT
        return self._m.calls.decorate(found, value), name

    def class_(self, node: ast.ClassDef, frame: Frame) -> None:
        """Gives a class its name, as its decorators make it."""
        klass = Klass(node, frame)
        klass.bases = [klass]
        for base in node.bases:
            value = self._m.expressions.value(base, frame)
            for option in value.options:
                if isinstance(option, Klass):
                    klass.bases += [one for one in option.bases if one not in klass.bases]
                    klass.outside += option.outside
                    klass.has_fields |= option.has_fields
                    klass.has_maker |= option.has_maker
                elif isinstance(option, Outside) and option.name != "builtins.object":
                    klass.outside.append(option.name.removeprefix("builtins."))
                elif not isinstance(option, Outside):
                    klass.outside.append("?")
        given = {
            one.arg: self._m.expressions.value(one.value, frame)
            for one in node.keywords
            if one.arg is not None
        }
        for option in given.pop("metaclass", NONE).options:
            if isinstance(option, Klass):
                klass.has_maker = True
                self._m.loose.note(option)
        klass.has_fields |= any(one.startswith(_FIELDS) for one in klass.outside)
        self._m.handles_logs |= any(one.startswith("logging.") for one in klass.outside)
        inner = Frame(frame.module, klass.names, frame, is_class=True)
        self._m.statements.block(node.body, inner)
        for value in klass.names.values():
            for option in value.options:
                if isinstance(option, Function) and option.owner is None:
                    option.owner = klass
        if any(one.startswith(_ENUMS) for one in klass.outside):
            self._make_members(klass)
        self._tell_bases(klass, given)
        value = of(klass)
        for decorator in reversed(node.decorator_list):
            found = self._m.expressions.value(decorator, frame)
            value = self._m.calls.decorate(found, value)
        self._m.attributes.bind_name(node.name, value, frame)

    def _tell_bases(self, klass: Klass, given: dict[str, Value]) -> None:
        """`__init_subclass__` of a base is called with each class that is made of it."""
        found = klass.find("__init_subclass__", after=klass)
        for option in found.options if found is not None else ():
            if isinstance(option, Function):
                self._m.calls.call(of(option), Arguments([of(klass)], given))

    def _make_members(self, klass: Klass) -> None:
        """The names of an enum are objects of it."""
        for name, value in list(klass.names.items()):
            if not name.startswith("_") and not isinstance(value.only, Function | Klass):
                member = Instance(klass, Table({"value": value, "name": of(name)}))
                klass.names[name] = of(member)
