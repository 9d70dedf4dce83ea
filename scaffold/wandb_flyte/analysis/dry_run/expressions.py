"""What expressions come to."""

from __future__ import annotations

import ast
import itertools
import operator
from collections.abc import Callable, Iterator
from typing import Any

from .machine import Machine
from .objects import (
    Arguments,
    Foreign,
    Frame,
    Function,
    Instance,
    Klass,
    Method,
    Outside,
    Row,
    Super,
    Table,
    elements,
    row,
)
from .values import (
    ANY,
    NO_MARKS,
    NONE,
    PLAIN,
    UNKNOWN,
    Marks,
    Some,
    Value,
    decides,
    either,
    join,
    of,
    truth,
)

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
# What stands for any value of a type.
_TYPICAL: dict[type, Any] = {int: 1, float: 1.5, str: "", bool: True}
_MOST_PAIRS = 16
_LARGEST = 10**9
_LONGEST = 2000
# What a list is made of by a comprehension, at most, one by one.
_MOST_TURNS = 64


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
            ast.Dict: self._dict,
            ast.List: self._list,
            ast.Tuple: self._list,
            ast.Set: self._list,
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._dict_comprehension,
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
        return self._m.attributes.item(base, self.value(node.slice, frame))

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
                value = self.element(value)
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
                more = self.element(value)
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
            return of(Table(frame.names, is_frame=True))
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
        compute = _ARITHMETIC.get(type(op))
        pairs = list(itertools.product(left.options, right.options))
        if len(pairs) > _MOST_PAIRS:
            return self._blurred(left, right)
        if compute is not None and all(_is_refused(a, b, compute) for a, b in pairs):
            first, second = pairs[0]
            self._m.stop(f"`{first!r}` and `{second!r}` can't be computed with", marks)
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
            return _computed(a, b, op, compute)
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
        if isinstance(a, str | Some) and isinstance(op, ast.Mod) and _is_text(a):
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
            -one if isinstance(one, int | float) and isinstance(node.op, ast.USub) else _blank(one)
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
            if _is_of_arrays(left, op) or _is_of_arrays(right, op):
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
        compare = _COMPARE.get(type(op))
        if compare is not None and all(_is_refused(a, b, compare) for a, b in pairs):
            what = f"`{pairs[0][0]!r}` and `{pairs[0][1]!r}` can't be compared"
            self._m.stop(what, left.marks | right.marks)
        found = {_compared(a, b, op) for a, b in pairs}
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

    def _dict(self, node: ast.Dict, frame: Frame) -> Value:
        made = Table()
        marks = NO_MARKS
        for key, one in zip(node.keys, node.values, strict=True):
            value = self.value(one, frame)
            if key is None:
                self.take_up(made, value)
                continue
            found = self.value(key, frame)
            marks |= found.marks
            made.lines.update(dict.fromkeys(found.constants or (), key.lineno))
            constants = found.constants
            if constants is not None:
                for constant in constants:
                    made.items[constant] = value
            else:
                made.rest = value if made.rest is None else join([made.rest, value])
        return Value((made,), marks)

    def take_up(self, made: Table, value: Value) -> None:
        """Puts what another dict has into one."""
        surely = len(value.options) == 1 and self._m.is_sure(made)
        for option in value.options:
            held = option
            if isinstance(option, Instance):
                held = option.table
            if isinstance(held, Table):
                for key, one in list(held.items.items()):
                    marked = one.marked(value.marks)
                    self._m.attributes.put_item_in(made, key, marked, surely=surely)
                rest = held.rest
            elif isinstance(held, Row):
                rest = self._pairs_into(made, held)
            else:
                rest = Value((ANY,), value.marks) if held is not None else None
                self._m.give_out(of(held))
            if isinstance(held, Table):
                made.is_loose |= held.is_loose or held.is_config
            if rest is not None:
                made.blur(rest)

    def _pairs_into(self, made: Table, pairs: Row) -> Value | None:
        """Puts the pairs of a list into a dict; what of them has no known key is given back."""
        if pairs.items is None:
            return self.element(pairs.element)
        for pair in pairs.items:
            only = pair.only
            items = only.items if isinstance(only, Row) else None
            key = items[0].constants if items and len(items) == 2 else None
            if not key or items is None:
                return UNKNOWN
            for one in key:
                made.items[one] = items[1]
        return None

    def _list(self, node: ast.List | ast.Tuple | ast.Set, frame: Frame) -> Value:
        items: list[Value] | None = []
        several: list[Value] = []
        for one in node.elts:
            value = self.value(one, frame)
            if not isinstance(one, ast.Starred):
                several.append(value)
                if items is not None:
                    items.append(value)
                continue
            inner = value.only
            known = inner.items if isinstance(inner, Row) else None
            several += known if known is not None else [self.element(value)]
            items = [*items, *known] if items is not None and known is not None else None
        is_tuple = isinstance(node, ast.Tuple)
        return of(Row(items, join(several) if several and items is None else UNKNOWN, is_tuple))

    def element(self, value: Value) -> Value:
        """What something gives when it is gone through."""
        found = [self._element(one) for one in value.options]
        return join(found).marked(value.marks)

    def _element(self, option: Any) -> Value:
        if isinstance(option, Instance) and "typing.NamedTuple" in option.klass.outside:
            return join([UNKNOWN, *option.names.values()])
        if isinstance(option, Row):
            return option.any()
        if isinstance(option, Table):
            known = either(list(option.items)) if option.items else UNKNOWN
            return known if option.rest is None else UNKNOWN
        if isinstance(option, str):
            return Value((Some(str),))
        if isinstance(option, Instance):
            return self._of_instance(option)
        if isinstance(option, Klass):
            members = [v for k in option.bases for n, v in k.names.items() if not n.startswith("_")]
            return join([UNKNOWN, *members])
        if isinstance(option, Foreign):
            self._m.touch(option.marks)
        if isinstance(option, Method):
            self._m.give_out(option.of)
        return UNKNOWN

    def _of_instance(self, option: Instance) -> Value:
        found: list[Value] = [UNKNOWN]
        for name, given in (("__iter__", []), ("__next__", []), ("__getitem__", [UNKNOWN])):
            function = self._m.attributes.own(option, name)
            if function is not None and option.klass.find(name) is not None:
                made = self._m.calls.call(function, Arguments(list(given)))
                found.append(made if name != "__iter__" else self._plainly(made, option))
        return join(found)

    def _plainly(self, made: Value, option: Instance) -> Value:
        kept = [one for one in made.options if one is not option and not isinstance(one, Instance)]
        return self.element(Value(tuple(kept) or (ANY,), made.marks))

    def turns(self, value: Value) -> list[Value] | None:
        """What each turn of a loop gets, one by one; None where that is not known."""
        only = value.only
        found: list[Value] | None = None
        if isinstance(only, Row) and only.items is not None:
            found = list(only.items)
        elif isinstance(only, Table) and only.rest is None:
            found = [of(key) for key in only.items]
        if found is None or len(found) > _MOST_TURNS:
            return None
        return [one.marked(value.marks) for one in found]

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame
    ) -> Value:
        inner = Frame(frame.module, outer=frame, function=frame.function)
        inner.shared = frame.shared
        made: list[Value] = []
        marks, sure = self._over(
            node.generators, inner, lambda: made.append(self.value(node.elt, inner))
        )
        if sure:
            return Value((Row(made),), marks)
        return elements(join(made) if made else UNKNOWN, marks)

    def _dict_comprehension(self, node: ast.DictComp, frame: Frame) -> Value:
        inner = Frame(frame.module, outer=frame, function=frame.function)
        made = Table()

        def turn() -> None:
            key, value = self.value(node.key, inner), self.value(node.value, inner)
            if key.constants is not None:
                for one in key.constants:
                    made.items[one] = value
            else:
                value = value.marked(key.marks)
                made.rest = value if made.rest is None else join([made.rest, value])

        marks, _ = self._over(node.generators, inner, turn)
        return Value((made,), marks)

    def _over(
        self, generators: list[ast.comprehension], frame: Frame, turn: Callable[[], None]
    ) -> tuple[Marks, bool]:
        """Goes through a comprehension's loops; its marks, and whether each turn is sure."""
        if not generators:
            turn()
            return NO_MARKS, True
        first, *others = generators
        value = self.value(first.iter, frame)
        turns, marks = self.turns(value), value.marks
        sure = turns is not None
        for one in turns if turns is not None else [self.element(value)]:
            self._m.statements.assign(first.target, one, frame)
            tests = [self.value(test, frame) for test in first.ifs]
            known = [truth(test) for test in tests]
            marks = marks.union(*(test.marks for test in tests))
            if False in known:
                continue
            with self._m.perhaps(None in known or turns is None):
                inner, is_sure = self._over(others, frame, turn)
            marks |= inner
            sure = sure and is_sure and None not in known
        return marks, sure


def _is_of_arrays(value: Value, op: ast.cmpop) -> bool:
    """Whether a comparison of a value may give an array."""
    plain = (*PLAIN, Table, Row)
    is_plain = isinstance(op, ast.Is | ast.IsNot | ast.In | ast.NotIn)
    return not is_plain and any(
        one is ANY or not isinstance(one, (*plain, Some)) for one in value.options
    )


def _is_refused(a: Any, b: Any, compute: Callable[[Any, Any], Any]) -> bool:
    """Whether Python refuses an operator for two constants, or for their types."""
    values = [_TYPICAL.get(one.kind) if isinstance(one, Some) else one for one in (a, b)]
    if not all(isinstance(one, str | int | float | None) for one in values):
        return False
    if ANY in (a, b) or any(isinstance(one, Some) and one.kind not in _TYPICAL for one in (a, b)):
        return False
    if any(isinstance(one, str) and "%" in one for one in values):
        return False
    if any(isinstance(one, int | float) and abs(one) > _LARGEST for one in values):
        return False
    try:
        compute(*values)
    except TypeError:
        return True
    except (ArithmeticError, ValueError):
        return False
    return False


def _is_text(option: Any) -> bool:
    return isinstance(option, str) or (isinstance(option, Some) and option.kind is str)


def _blank(option: Any) -> Any:
    return Some(type(option)) if isinstance(option, int | float) else ANY


def _computed(a: Any, b: Any, op: ast.operator, compute: Callable[[Any, Any], Any]) -> Any:
    """The result of an operator on constants, where it stays small."""
    for one in (a, b):
        if isinstance(one, int | float) and abs(one) > _LARGEST:
            return ANY
        if isinstance(one, str | bytes) and len(one) > _LONGEST:
            return ANY
    is_power = isinstance(op, ast.Pow)
    if is_power and not (isinstance(b, int | float) and abs(b) < 64):
        return ANY
    many = isinstance(op, ast.Mult) and (isinstance(a, str | bytes) or isinstance(b, str | bytes))
    if many or (isinstance(a, str | bytes) and isinstance(op, ast.Mod)):
        return Some(str)
    try:
        return compute(a, b)
    except (ArithmeticError, TypeError, ValueError):
        return ANY


def _compared(a: Any, b: Any, op: ast.cmpop) -> bool | None:
    """What a comparison of two alternatives gives."""
    if isinstance(op, ast.Is | ast.IsNot):
        same = _same(a, b)
        return None if same is None else same is isinstance(op, ast.Is)
    if isinstance(op, ast.In | ast.NotIn):
        found = _contains(b, a)
        return None if found is None else found is isinstance(op, ast.In)
    if isinstance(a, PLAIN) and isinstance(b, PLAIN):
        try:
            return bool(_COMPARE[type(op)](a, b))
        except TypeError:
            return None
    if isinstance(a, Outside) and isinstance(b, Outside) and isinstance(op, ast.Eq | ast.NotEq):
        same = _same(a, b)
        return None if same is None else same is isinstance(op, ast.Eq)
    if isinstance(op, ast.Eq | ast.NotEq) and _same(a, b) is False and None in (a, b):
        return isinstance(op, ast.NotEq)
    return None


def _same(a: Any, b: Any) -> bool | None:
    """Whether two alternatives are the same thing."""
    if isinstance(a, PLAIN) and isinstance(b, PLAIN):
        return a is b or (type(a) is type(b) and a == b)
    if isinstance(a, Outside) and isinstance(b, Outside):
        builtin = all(one.name.startswith("builtins.") for one in (a, b))
        return a.name == b.name if builtin or a.name == b.name else None
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Some):
            plain = isinstance(other, PLAIN) and one.kind is not object
            return False if plain and not isinstance(other, one.kind) else None
        if isinstance(one, PLAIN) and not isinstance(other, Outside | Method | Foreign):
            return False
        if isinstance(one, PLAIN):
            return None
    return a is b


def _contains(many: Any, one: Any) -> bool | None:
    if isinstance(many, str):
        return one in many if isinstance(one, str) else None
    if isinstance(many, Table):
        if not isinstance(one, PLAIN):
            return None
        if one in many.items:
            return None if one in many.perhaps else True
        return False if many.rest is None and not many.is_loose else None
    if isinstance(many, Row) and many.items is not None and isinstance(one, PLAIN):
        found = [_same_value(item, one) for item in many.items]
        return True if True in found else None if None in found else False
    return None


def _same_value(item: Value, one: Any) -> bool | None:
    constants = item.constants
    if constants is None:
        return None
    found = {constant == one for constant in constants}
    return found.pop() if len(found) == 1 else None


def pairs_of(table: Table, marks: Marks) -> Iterator[Value]:
    """A dict's items, as pairs."""
    for key, value in table.items.items():
        yield row([of(key), value.marked(marks)], is_tuple=True)
