"""What statements do."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .machine import Machine
from .objects import Foreign, Frame
from .tables import Row
from .values import ANY, NONE, PLAIN, UNKNOWN, Value, decides, join, of, truth

# How a block may be left: at its end, for a loop's next turn or behind it, by a result, or by an
# exception.
ON, LOOP, OUT, STOPS = 1, 2, 4, 8
# The turns of a loop that are gone through, at most, where each brings another state.
_MOST_TURNS = 8
# What ends a trial in good order.
_ENDS = frozenset({"KeyboardInterrupt", "StopIteration", "SystemExit"})


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
            ast.FunctionDef: lambda node, frame: machine.definitions.function(node, frame),
            ast.AsyncFunctionDef: lambda node, frame: machine.definitions.function(node, frame),
            ast.ClassDef: lambda node, frame: machine.definitions.class_(node, frame),
            ast.Import: lambda node, frame: machine.definitions.imports(node, frame),
            ast.ImportFrom: lambda node, frame: machine.definitions.imports(node, frame),
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
        old, value = self._value(node.target, frame), self._value(node.value, frame)
        only = old.only
        if isinstance(only, Row) and not only.is_tuple and isinstance(node.op, ast.Add):
            other = value.only
            known = isinstance(other, Row) and other.items is not None
            for one in list(other.items) if known else [self._m.containers.element(value)]:
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
            self._m.items.put(base, key, value)
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
                parts = [self._m.containers.element(value)] * len(targets)
        for target, part in zip(targets, parts, strict=True):
            self.assign(target, part.marked(value.marks), frame)

    def _delete(self, node: ast.Delete, frame: Frame) -> None:
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                self._m.items.remove(self._value(target.value, frame), target.attr)
            elif isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
                base, key = self._value(target.value, frame), self._value(target.slice, frame)
                if isinstance(key.only, PLAIN):
                    self._m.items.remove(base, key.only)

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
        frame.results.append(self._value(node.value, frame) if node.value is not None else NONE)
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
        ways, unsure = 0, False
        for case in node.cases:
            fits = _matches(case.pattern, subject) if case.guard is None else None
            if fits is False:
                continue
            if any(isinstance(one, ast.MatchClass) for one in ast.walk(case.pattern)):
                self._m.touch(self._m.held_by(subject))
            for one in ast.walk(case.pattern):
                if isinstance(one, ast.MatchAs | ast.MatchStar) and one.name:
                    self._m.attributes.bind_name(one.name, subject, frame)
                elif isinstance(one, ast.MatchMapping) and one.rest:
                    self._m.attributes.bind_name(one.rest, subject, frame)
            if fits:
                with self._m.perhaps(unsure):
                    return ways | self.block(case.body, frame)
            unsure = True
            with self._m.perhaps():
                if case.guard is not None:
                    self._m.touch(self._value(case.guard, frame).marks)
                ways |= self.block(case.body, frame)
        return ways | ON

    def _for(self, node: ast.For | ast.AsyncFor, frame: Frame) -> int:
        value = self._value(node.iter, frame)
        turns = self._m.containers.turns(value)
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
            for turn in self._turns():
                with self._m.perhaps(bool(turn)), self._m.looped():
                    self.assign(node.target, self._m.containers.element(value), frame)
                    ways |= self.block(node.body, frame)
        with self._m.perhaps(bool(ways & LOOP)):
            rest = self.block(node.orelse, frame)
        return (ways & (OUT | STOPS)) | rest

    def _turns(self) -> Iterator[int]:
        """The turns of a loop that are gone through, as long as they bring other states."""
        # What a loop inside of another leaves for its next turn is seen in the other's.
        least, inner, turn, before = (1 if self._m.loops else 2), self._m.loops, 0, -1
        while turn < least or (not inner and turn < _MOST_TURNS and self._m.states != before):
            before = self._m.states
            yield turn
            turn += 1

    def _check_turns(self, value: Value) -> None:
        """Notes that a trial stops at what can't be gone through."""
        if all(isinstance(one, int | float | None) for one in value.options):
            self._m.stop(f"`{value.options[0]}` can't be gone through", value.marks)

    def _while(self, node: ast.While, frame: Frame) -> int:
        ways = 0
        for turn in self._turns():
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
        held: list[Value] = []
        for item in node.items:
            value = self._value(item.context_expr, frame)
            catches += isinstance(value.only, Foreign) and value.only.name == "contextlib.suppress"
            entered = self._m.calls.enter(value)
            held.append(value)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered, frame)
        self._m.tries += catches
        try:
            ways = self.block(node.body, frame)
        finally:
            self._m.tries -= catches
        for value in reversed(held):
            self._m.calls.leave(value)
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
