"""What statements do."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from wandb_flyte.analysis.source.syntax import Function as FunctionNode

from .machine import Machine
from .objects import (
    Arguments,
    Foreign,
    Frame,
    Function,
    Instance,
    Klass,
    ModuleObject,
    Outside,
    Row,
    Table,
)
from .values import ANY, NONE, PLAIN, UNKNOWN, Value, decides, join, of, truth

# How a block may be left: at its end, for a loop's next turn or behind it, by a result, or by an
# exception.
ON, LOOP, OUT, STOPS = 1, 2, 4, 8
# What ends a trial in good order.
_ENDS = frozenset({"KeyboardInterrupt", "StopIteration", "SystemExit"})
_ENUMS = ("enum.",)
_NAMED_TUPLES = frozenset({"typing.NamedTuple"})
# Classes of packages whose annotations are what they take.
_FIELDS = ("pydantic", "sqlmodel.", "attr", "chex.", "flax.struct.", "typing.NamedTuple")


class Statements:
    """Executes statements.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine
        self._by_type: dict[type[ast.AST], Callable[[Any, Frame], int | None]] = {
            ast.Expr: self._expression,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Return: self._return,
            ast.Raise: self._raise,
            ast.If: self._if,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Import: self._import,
            ast.ImportFrom: self._import,
            ast.Global: self._global,
            ast.Nonlocal: self._nonlocal,
            ast.Delete: self._delete,
            ast.Assert: self._assert,
            ast.Match: self._match,
            ast.Break: lambda node, frame: LOOP,
            ast.Continue: lambda node, frame: LOOP,
        }

    def block(self, body: Sequence[ast.stmt], frame: Frame) -> int:
        """Goes through some statements; the ways in which they may be left."""
        ways = 0
        for index, statement in enumerate(body, start=1):
            self._m.step()
            self._m.place = (frame.module.source.file, statement.lineno)
            self._m.reached.add(id(statement))
            execute = self._by_type.get(type(statement))
            result = (execute(statement, frame) if execute is not None else ON) or ON
            ways |= result & ~ON
            if not result & ON:
                return ways
            if result & ~(ON | STOPS):
                with self._m.perhaps():
                    return ways | self.block(body[index:], frame)
        return ways | ON

    def _value(self, node: ast.expr, frame: Frame) -> Value:
        return self._m.expressions.value(node, frame)

    def _expression(self, node: ast.Expr, frame: Frame) -> int | None:
        value = self._value(node.value, frame)
        return STOPS if value.options == (self._m.calls.packages.NEVER,) else None

    # -- assignments -------------------------------------------------------------------------------

    def _assign(self, node: ast.Assign, frame: Frame) -> None:
        value = self._value(node.value, frame)
        for target in node.targets:
            self.assign(target, value, frame)

    def _annotated(self, node: ast.AnnAssign, frame: Frame) -> None:
        if node.value is not None:
            self.assign(node.target, self._value(node.value, frame), frame)

    def _augmented(self, node: ast.AugAssign, frame: Frame) -> None:
        old, value = self._value(_loaded(node.target), frame), self._value(node.value, frame)
        only = old.only
        if isinstance(only, Row) and not only.is_tuple and isinstance(node.op, ast.Add):
            other = value.only
            known = isinstance(other, Row) and other.items is not None
            for one in other.items if known else [self._m.expressions.element(value)]:
                only.add(one, surely=known and self._m.is_sure(only))
            return
        self.assign(node.target, self._m.expressions.combine(old, value, node.op), frame)

    def assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        """Gives a name, an attribute or an item a value."""
        attributes = self._m.attributes
        if isinstance(target, ast.Name):
            attributes.bind_name(target.id, value, frame)
        elif isinstance(target, ast.Attribute):
            attributes.put(self._value(target.value, frame), target.attr, value)
        elif isinstance(target, ast.Subscript):
            base = self._value(target.value, frame)
            key = (
                UNKNOWN if isinstance(target.slice, ast.Slice) else self._value(target.slice, frame)
            )
            attributes.put_item(base, key, value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, of(Row(None, value)), frame)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value, frame)

    def _unpack(self, targets: list[ast.expr], value: Value, frame: Frame) -> None:
        only = value.only
        items = only.items if isinstance(only, Row) else None
        is_plain = not any(isinstance(one, ast.Starred) for one in targets)
        if items is not None and len(items) == len(targets) and is_plain:
            parts = items
        else:
            self._check_turns(value)
            columns = [one.items for one in value.options if isinstance(one, Row)]
            alike = is_plain and len(columns) == len(value.options)
            if alike and all(one is not None and len(one) == len(targets) for one in columns):
                known = [one for one in columns if one is not None]
                parts = [join([one[i] for one in known]) for i in range(len(targets))]
            else:
                parts = [self._m.expressions.element(value)] * len(targets)
        for target, part in zip(targets, parts, strict=True):
            self.assign(target, part.marked(value.marks), frame)

    def _delete(self, node: ast.Delete, frame: Frame) -> None:
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                self._m.attributes.remove(self._value(target.value, frame), target.attr)
            elif isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
                base, key = self._value(target.value, frame), self._value(target.slice, frame)
                if isinstance(key.only, PLAIN):
                    self._m.attributes.remove(base, key.only)

    def _global(self, node: ast.Global, frame: Frame) -> None:
        frame.shared.update(dict.fromkeys(node.names, frame.module.frame))

    def _nonlocal(self, node: ast.Nonlocal, frame: Frame) -> None:
        for name in node.names:
            outer = frame.outer
            while outer is not None and name not in outer.names:
                outer = outer.outer
            if outer is not None:
                frame.shared[name] = outer

    # -- ways --------------------------------------------------------------------------------------

    def _return(self, node: ast.Return, frame: Frame) -> int:
        around = frame
        around.results.append(self._value(node.value, frame) if node.value is not None else NONE)
        return OUT

    def _raise(self, node: ast.Raise, frame: Frame) -> int:
        if node.exc is not None:
            self._value(node.exc, frame)
            self._m.place = (frame.module.source.file, node.lineno)
        name = ast.unparse(node.exc).partition("(")[0] if node.exc is not None else ""
        if name not in _ENDS:
            self._m.stop(f"`{f'raise {name}'.strip()}`")
        return STOPS

    def _assert(self, node: ast.Assert, frame: Frame) -> None:
        self._m.touch(self._asked(node.test, frame).marks)

    def _asked(self, node: ast.expr, frame: Frame) -> Value:
        """A condition on which it depends whether a trial goes on."""
        self._m.asserts += 1
        try:
            value = self._value(node, frame)
        finally:
            self._m.asserts -= 1
        self._m.touch(value.marks)
        return value

    def _if(self, node: ast.If, frame: Frame) -> int:
        only_stops = isinstance(node.body[-1], ast.Raise) and not node.orelse
        test = (self._asked if only_stops else self._value)(node.test, frame)
        known = truth(test)
        self._m.touch(decides(test))
        if known is not None:
            return self.block(node.body if known else node.orelse, frame)
        with self._m.perhaps():
            ways = self.block(node.body, frame)
        with self._m.perhaps():
            return ways | self.block(node.orelse, frame)

    def _match(self, node: ast.Match, frame: Frame) -> int:
        subject = self._value(node.subject, frame)
        self._m.touch(subject.marks)
        ways, unsure = ON, False
        for case in node.cases:
            fits = _matches(case.pattern, subject) if case.guard is None else None
            if fits is False:
                continue
            if any(isinstance(one, ast.MatchClass) for one in ast.walk(case.pattern)):
                self._m.touch(self._m.held_by(subject))
            for one in ast.walk(case.pattern):
                if isinstance(one, ast.MatchAs | ast.MatchStar) and one.name:
                    self._m.attributes.bind_name(one.name, subject, frame)
            if fits:
                with self._m.perhaps(unsure):
                    return (ways & ~ON) | self.block(case.body, frame)
            unsure = True
            with self._m.perhaps():
                if case.guard is not None:
                    self._m.touch(self._value(case.guard, frame).marks)
                ways |= self.block(case.body, frame)
        return ways

    def _for(self, node: ast.For | ast.AsyncFor, frame: Frame) -> int:
        value = self._value(node.iter, frame)
        turns = self._m.expressions.turns(value)
        self._m.touch(value.marks)
        self._check_turns(value)
        ways = 0
        if turns is not None:
            for one in turns:
                self.assign(node.target, one, frame)
                with self._m.perhaps(bool(ways & ~STOPS)):
                    result = self.block(node.body, frame)
                ways |= result & ~ON
                if not result & (ON | LOOP):
                    return ways & ~LOOP
        else:
            # What a loop inside of another leaves for its next turn is seen in the other's.
            for turn in range(1 if self._m.loops else 2):
                with self._m.perhaps(bool(turn)), self._m.looped():
                    self.assign(node.target, self._m.expressions.element(value), frame)
                    ways |= self.block(node.body, frame)
        with self._m.perhaps(bool(ways & LOOP)):
            rest = self.block(node.orelse, frame)
        return (ways & (OUT | STOPS)) | rest

    def _check_turns(self, value: Value) -> None:
        """Notes that a trial stops at what can't be gone through."""
        if all(isinstance(one, int | float | None) for one in value.options):
            self._m.stop(f"`{value.options[0]}` can't be gone through", value.marks)

    def _while(self, node: ast.While, frame: Frame) -> int:
        ways = 0
        for turn in range(1 if self._m.loops else 2):
            test = self._value(node.test, frame)
            known = truth(test)
            self._m.touch(test.marks)
            if known is False:
                break
            with self._m.perhaps(turn > 0 or known is None), self._m.looped():
                result = self.block(node.body, frame)
            ways |= result
            if known and not result & (ON | LOOP):
                return ways & ~LOOP
        return (ways & (OUT | STOPS)) | ON | (self.block(node.orelse, frame) & OUT)

    def _with(self, node: ast.With | ast.AsyncWith, frame: Frame) -> int:
        catches = 0
        for item in node.items:
            value = self._value(item.context_expr, frame)
            catches += isinstance(value.only, Foreign) and value.only.name == "contextlib.suppress"
            entered = self._m.calls.enter(value)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered, frame)
        self._m.tries += catches
        try:
            ways = self.block(node.body, frame)
        finally:
            self._m.tries -= catches
        return ways & ~STOPS if catches else ways

    def _try(self, node: ast.Try | ast.TryStar, frame: Frame) -> int:
        self._m.tries += bool(node.handlers)
        try:
            ways = self.block(node.body, frame)
        finally:
            self._m.tries -= bool(node.handlers)
        # An exception may be caught; a result stays one.
        after = ways if not node.handlers else ways & ~STOPS
        with self._m.perhaps():
            for handler in node.handlers:
                if handler.name:
                    self._m.attributes.bind_name(handler.name, UNKNOWN, frame)
                after |= self.block(handler.body, frame)
        if node.orelse and ways & ON:
            with self._m.perhaps(bool(ways & ~ON)):
                after |= self.block(node.orelse, frame)
        with self._m.perhaps(not after & ON):
            last = self.block(node.finalbody, frame)
        return after if last & ON else last

    # -- definitions -------------------------------------------------------------------------------

    def _import(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
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

    def _function(self, node: FunctionNode, frame: Frame) -> None:
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
        found = self._value(decorator, frame)
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
        return self._m.calls.decorate(found, value), name

    def _class(self, node: ast.ClassDef, frame: Frame) -> None:
        klass = Klass(node, frame)
        klass.bases = [klass]
        for base in node.bases:
            value = self._value(base, frame)
            for option in value.options:
                if isinstance(option, Klass):
                    klass.bases += [one for one in option.bases if one not in klass.bases]
                    klass.outside += option.outside
                    klass.has_fields |= option.has_fields
                elif isinstance(option, Outside) and option.name != "builtins.object":
                    klass.outside.append(option.name.removeprefix("builtins."))
                elif not isinstance(option, Outside):
                    klass.outside.append("?")
        for keyword in node.keywords:
            self._value(keyword.value, frame)
        klass.has_fields |= any(one.startswith(_FIELDS) for one in klass.outside)
        self._m.handles_logs |= any(one.startswith("logging.") for one in klass.outside)
        inner = Frame(frame.module, klass.names, frame, is_class=True)
        self.block(node.body, inner)
        for value in klass.names.values():
            for option in value.options:
                if isinstance(option, Function) and option.owner is None:
                    option.owner = klass
        if any(one.startswith(_ENUMS) for one in klass.outside):
            self._make_members(klass)
        value = of(klass)
        for decorator in reversed(node.decorator_list):
            found = self._value(decorator, frame)
            value = self._m.calls.decorate(found, value)
        self._m.attributes.bind_name(node.name, value, frame)

    def _make_members(self, klass: Klass) -> None:
        """The names of an enum are objects of it."""
        for name, value in list(klass.names.items()):
            if not name.startswith("_") and not isinstance(value.only, Function | Klass):
                member = Instance(klass, Table({"value": value, "name": of(name)}))
                klass.names[name] = of(member)


def _loaded(target: ast.expr) -> ast.expr:
    """A target, as what is read there."""
    return target


def _matches(pattern: ast.pattern, subject: Value) -> bool | None:
    """Whether a value fits a pattern; None where that is not known."""
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
        return True
    if isinstance(pattern, ast.MatchOr):
        found = [_matches(one, subject) for one in pattern.patterns]
        return True if True in found else None if None in found else False
    constant: Any = ANY
    if isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant):
        constant = pattern.value.value
    elif isinstance(pattern, ast.MatchSingleton):
        constant = pattern.value
    if constant is ANY or subject.constants is None:
        return None
    same = {one == constant for one in subject.constants}
    return same.pop() if len(same) == 1 else None


__all__ = ["Arguments", "ModuleObject", "Statements"]
