"""What expressions come to."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable
from typing import Any

from .machine import Machine
from .objects import Arguments, Frame, Function, Klass, Super
from .operators import (
    ARITHMETIC,
    COMPARE,
    blank,
    compared,
    computed,
    is_refused,
    is_text,
    may_be_array,
    named,
)
from .tables import Row, Table
from .values import (
    ANY,
    NO_MARKS,
    NONE,
    PLAIN,
    UNKNOWN,
    Some,
    Value,
    decides,
    either,
    join,
    of,
    truth,
)

_MOST_PAIRS = 16


class Expressions:
    """Evaluates expressions.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine
        self._by_type: dict[type[ast.AST], Callable[[Any, Frame], Value]] = {
            ast.Constant: lambda node, frame: of(node.value),
            ast.Name: lambda node, frame: machine.attributes.name(node.id, frame),
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.Call: self._call,
            ast.BinOp: self._binary,
            ast.BoolOp: self._either,
            ast.UnaryOp: self._unary,
            ast.Compare: self._compare,
            ast.IfExp: self._choice,
            ast.Lambda: self._function,
            ast.Dict: lambda node, frame: machine.containers.dict_of(node, frame),
            ast.List: lambda node, frame: machine.containers.list_of(node, frame),
            ast.Tuple: lambda node, frame: machine.containers.list_of(node, frame),
            ast.Set: lambda node, frame: machine.containers.list_of(node, frame),
            ast.ListComp: lambda node, frame: machine.containers.comprehension(node, frame),
            ast.SetComp: lambda node, frame: machine.containers.comprehension(node, frame),
            ast.GeneratorExp: lambda node, frame: machine.containers.comprehension(node, frame),
            ast.DictComp: lambda node, frame: machine.containers.dict_comprehension(node, frame),
            ast.JoinedStr: self._text,
            ast.FormattedValue: lambda node, frame: self.value(node.value, frame),
            ast.Starred: lambda node, frame: self.value(node.value, frame),
            ast.NamedExpr: self._named,
            ast.Await: lambda node, frame: self.value(node.value, frame),
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield,
        }

    def value(self, node: ast.expr, frame: Frame) -> Value:
        """What an expression may be."""
        self._m.step()
        evaluate = self._by_type.get(type(node))
        return evaluate(node, frame) if evaluate is not None else UNKNOWN

    # -- names and parts ---------------------------------------------------------------------------

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Value:
        return self._m.attributes.get(self.value(node.value, frame), node.attr)

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Value:
        base = self.value(node.value, frame)
        if isinstance(node.slice, ast.Slice):
            return self._part(base, node.slice, frame)
        return self._m.items.get(base, self.value(node.slice, frame))

    def _part(self, base: Value, part: ast.Slice, frame: Frame) -> Value:
        limits = [part.lower, part.upper, part.step]
        given = [self.value(one, frame) if one is not None else NONE for one in limits]
        marks = base.marks.union(*(one.marks for one in given))
        places = [one.only for one in given]
        known = all(isinstance(one, int | None) for one in places)
        found: list[Any] = []
        for option in base.options:
            if isinstance(option, Row) and option.items is not None and known:
                found.append(Row(option.items[slice(*places)], is_tuple=option.is_tuple))
            elif isinstance(option, Row):
                found.append(Row(None, option.any()))
            elif isinstance(option, str) and known:
                found.append(option[slice(*places)])
            else:
                found.append(Some(str) if isinstance(option, str) else ANY)
        return either(found, marks)

    def _named(self, node: ast.NamedExpr, frame: Frame) -> Value:
        value = self.value(node.value, frame)
        self._m.attributes.bind_name(node.target.id, value, frame)
        return value

    def _yield(self, node: ast.Yield | ast.YieldFrom, frame: Frame) -> Value:
        if node.value is not None:
            value = self.value(node.value, frame)
            if isinstance(node, ast.YieldFrom):
                value = self._m.containers.element(value)
            frame.given.append(value)
        return UNKNOWN

    # -- calls -------------------------------------------------------------------------------------

    def arguments(self, node: ast.Call, frame: Frame) -> Arguments:
        """What a call gives."""
        given = Arguments()
        for argument in node.args:
            value = self.value(argument, frame)
            if not isinstance(argument, ast.Starred):
                if given.more is None:
                    given.places.append(value)
                else:
                    given.more = join([given.more, value])
                continue
            items = [one.items if isinstance(one, Row) else None for one in value.options]
            if len(items) == 1 and items[0] is not None and given.more is None:
                given.places += [one.marked(value.marks) for one in items[0]]
            else:
                more = self._m.containers.element(value)
                given.more = more if given.more is None else join([given.more, more])
        for keyword in node.keywords:
            value = self.value(keyword.value, frame)
            if keyword.arg is not None:
                given.names[keyword.arg] = value
            else:
                self._spread(value, given)
        return given

    def _spread(self, value: Value, given: Arguments) -> None:
        if value.options == (None,):
            self._m.stop("`**` is given `None`", value.marks)
        for option in value.options:
            if isinstance(option, Table):
                for key, one in option.items.items():
                    if isinstance(key, str):
                        more = [given.names[key]] if key in given.names else []
                        given.names[key] = join([*more, one.marked(value.marks)])
                rest = option.rest
            else:
                rest = Value((ANY,), value.marks)
                self._m.give_out(Value((option,), value.marks))
            if rest is not None:
                given.others = rest if given.others is None else join([given.others, rest])

    def _call(self, node: ast.Call, frame: Frame) -> Value:
        if (found := self._of_frame(node, frame)) is not None:
            return found
        function = self.value(node.func, frame)
        return self._m.calls.call(function, self.arguments(node, frame), frame)

    def _of_frame(self, node: ast.Call, frame: Frame) -> Value | None:
        """What a call gives that depends on where it stands."""
        if not isinstance(node.func, ast.Name) or node.keywords:
            return None
        if node.func.id == "super" and len(node.args) == 2:
            klass, instance = (self.value(one, frame) for one in node.args)
            return of(Super(instance, klass.only)) if isinstance(klass.only, Klass) else UNKNOWN
        if node.args:
            return None
        if node.func.id not in ("super", "locals", "vars"):
            return None
        if node.func.id != "super":
            around = frame
            while around.outer is not None and around.function is around.outer.function:
                around = around.outer  # A comprehension.
            return of(Table(around.names, is_frame=True))
        around = frame
        while around.outer is not None and (around.function is None or not around.function.owner):
            around = around.outer
        function = around.function
        if function is None or function.owner is None:
            return UNKNOWN
        args = [*function.node.args.posonlyargs, *function.node.args.args]
        first = around.names.get(args[0].arg, UNKNOWN) if args else UNKNOWN
        return of(Super(first, function.owner))

    def _function(self, node: ast.Lambda, frame: Frame) -> Value:
        return of(Function(node, frame, self.defaults(node.args, frame)))

    def defaults(self, args: ast.arguments, frame: Frame) -> dict[str, Value]:
        """What the parameters of a function are by default."""
        positional = [*args.posonlyargs, *args.args]
        pairs = [
            *zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True),
            *zip(args.kwonlyargs, args.kw_defaults, strict=True),
        ]
        return {one.arg: self.value(node, frame) for one, node in pairs if node is not None}

    # -- operators ---------------------------------------------------------------------------------

    def _binary(self, node: ast.BinOp, frame: Frame) -> Value:
        return self.combine(self.value(node.left, frame), self.value(node.right, frame), node.op)

    def combine(self, left: Value, right: Value, op: ast.operator) -> Value:
        """What an operator makes of two values."""
        marks = left.marks | right.marks
        compute = ARITHMETIC.get(type(op))
        pairs = list(itertools.product(left.options, right.options))
        if len(pairs) > _MOST_PAIRS:
            return self._blurred(left, right)
        if compute is not None and all(is_refused(a, b, compute) for a, b in pairs):
            first, second = pairs[0]
            self._m.stop(f"{named(first)} and {named(second)} can't be computed with", marks)
        return either([self._combined(a, b, op, compute) for a, b in pairs], marks)

    def _blurred(self, *values: Value) -> Value:
        """A value that is not known, made of some others."""
        marks = NO_MARKS.union(*(one.marks for one in values))
        for value in values:
            for option in value.options:
                if not isinstance(option, (*PLAIN, Some)):
                    self._m.give_out(of(option))
        return Value((ANY,), marks)

    def _combined(
        self, a: Any, b: Any, op: ast.operator, compute: Callable[[Any, Any], Any] | None
    ) -> Any:
        if isinstance(a, PLAIN) and isinstance(b, PLAIN) and compute is not None:
            return computed(a, b, op, compute)
        if isinstance(a, Row) and isinstance(b, Row) and isinstance(op, ast.Add):
            if a.items is not None and b.items is not None:
                return Row([*a.items, *b.items], is_tuple=a.is_tuple)
            return Row(None, join([a.any(), b.any()]), a.is_tuple)
        if isinstance(a, Row) and isinstance(op, ast.Mult):
            return Row(None, a.any(), a.is_tuple)
        if isinstance(a, Table) and isinstance(b, Table) and isinstance(op, ast.BitOr):
            made = a.copy()
            made.items.update(b.items)
            made.rest = join([a.rest, b.rest]) if a.rest and b.rest else a.rest or b.rest
            return made
        if isinstance(a, str | Some) and isinstance(op, ast.Mod) and is_text(a):
            return Some(str)
        numbers = (int, float, bool)
        kinds = [one.kind if isinstance(one, Some) else type(one) for one in (a, b)]
        if all(kind in numbers for kind in kinds):
            return Some(float) if float in kinds or isinstance(op, ast.Div) else Some(int)
        if isinstance(op, ast.Add) and kinds == [str, str]:
            return Some(str)
        for one in (a, b):
            if not isinstance(one, (*PLAIN, Some)):
                self._m.give_out(of(one))
        return ANY

    def _unary(self, node: ast.UnaryOp, frame: Frame) -> Value:
        value = self.value(node.operand, frame)
        if isinstance(node.op, ast.Not):
            known = truth(value)
            return Value((Some(bool) if known is None else not known,), value.marks)
        options = [
            -one if isinstance(one, int | float) and isinstance(node.op, ast.USub) else blank(one)
            for one in value.options
        ]
        return either(options, value.marks)

    def _either(self, node: ast.BoolOp, frame: Frame) -> Value:
        """`a or b`, of which `b` is only come to when `a` is false."""
        stops_at = isinstance(node.op, ast.Or)
        found: list[Value] = []
        marks, unsure = NO_MARKS, False
        for part in node.values:
            with self._m.perhaps(unsure):
                value = self.value(part, frame)
            known = truth(value)
            marks |= decides(value)
            last = part is node.values[-1]
            if last or known is not (not stops_at):
                kept = [o for o in value.options if last or truth(of(o)) is not (not stops_at)]
                found.append(Value(tuple(kept) or (ANY,)))
            if known is stops_at:
                break
            unsure = unsure or known is None
        return join(found).marked(marks) if found else Value((ANY,), marks)

    def _compare(self, node: ast.Compare, frame: Frame) -> Value:
        left, marks, unknown = self.value(node.left, frame), NO_MARKS, Some(bool)
        known: bool | None = True
        for op, other in zip(node.ops, node.comparators, strict=True):
            right = self.value(other, frame)
            both = left.marks | right.marks
            if may_be_array(left, op) or may_be_array(right, op):
                unknown = ANY
            if isinstance(op, ast.In | ast.NotIn):
                for option in right.options:
                    if isinstance(option, Row):
                        both = both.union(*(one.marks for one in option.values()))
            found = self._compared(left, right, op)
            # What is the same for each of several values does not depend on them.
            several = len(left.options) > 1 or isinstance(left.options[0], Some)
            if found is None or not several or right.marks or self._m.asserts:
                marks |= both
            known = False if found is False or known is False else found if known else None
            left = right
        return Value((unknown if known is None else known,), marks)

    def _compared(self, left: Value, right: Value, op: ast.cmpop) -> bool | None:
        pairs = list(itertools.product(left.options, right.options))
        if len(pairs) > _MOST_PAIRS * 4:
            return None
        compare = COMPARE.get(type(op))
        if compare is not None and all(is_refused(a, b, compare) for a, b in pairs):
            what = f"{named(pairs[0][0])} and {named(pairs[0][1])} can't be compared"
            self._m.stop(what, left.marks | right.marks)
        found = {compared(a, b, op) for a, b in pairs}
        return found.pop() if len(found) == 1 else None

    def _choice(self, node: ast.IfExp, frame: Frame) -> Value:
        test = self.value(node.test, frame)
        known = truth(test)
        if known is not None:
            found = self.value(node.body if known else node.orelse, frame)
            return found.marked(decides(test))
        with self._m.perhaps():
            found = join([self.value(node.body, frame), self.value(node.orelse, frame)])
        return found.marked(test.marks)

    def _text(self, node: ast.JoinedStr, frame: Frame) -> Value:
        parts: list[str] = []
        known, marks = True, NO_MARKS
        for one in node.values:
            value = self.value(one, frame)
            marks |= value.marks
            only = value.only
            is_plain = isinstance(one, ast.Constant) or getattr(one, "format_spec", 0) is None
            known = known and is_plain and isinstance(only, PLAIN)
            if known:
                parts.append(str(only))
        made = "".join(parts)
        return Value((made if known else Some(str, made),), marks)

    # -- displays ----------------------------------------------------------------------------------
