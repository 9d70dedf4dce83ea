"""What Python code holds in its names, as far as that is written out. Nothing of it is run."""

from __future__ import annotations

import ast

from ._arithmetic import ARITHMETIC, CONSTANTS, NUMBERS, computed, is_huge
from ._nodes import dotted, holds, is_main
from ._opened import called, divided, parent
from ._values import Loaded, Row, Table, Unknown, Value

_MOST = 1_000_000  # Steps, items and characters: what a person writes has far fewer.
_MOST_ITEMS = 10_000
_DEEPEST = 4  # Functions that call each other.
# What says nothing of the search in a sweep config.
_NO_SEARCH = frozenset({"description", "entity", "name", "program", "project", "run_cap"})
BLOCKS = ("body", "orelse", "finalbody")
_CHANGES = frozenset(
    {"append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}
)


class TooMuch(Exception):
    """The code stands for more than a sweep config can be."""


class Literals:
    """Goes through statements in their order, and knows what names hold as far as is written out.

    Raises:
        TooMuch: From every method, when there is more of it than a person writes.
    """

    def __init__(self, depth: int = 0) -> None:
        self.names: dict[str, Value] = {}
        self._left = _MOST
        self._depth = depth

    def run(self, body: list[ast.stmt], until: ast.AST | None = None) -> bool:
        """Goes through statements, up to the one with `until` in it; gives whether it came there.

        The block that `until` is in counts as run, whatever its condition is.
        """
        for statement in body:
            if until is None or not holds(statement, until):
                self._step(statement)
                continue
            if isinstance(statement, ast.For | ast.While):
                self._forget(statement)
            self._enter(statement)
            for name in BLOCKS:
                block = getattr(statement, name, [])
                if any(holds(inner, until) for inner in block):
                    return self.run(block, until)
            return True
        return False

    def _step(self, node: ast.stmt) -> None:
        self._spend(1)
        match node:
            case ast.Assign(targets=targets, value=value):
                known = self.value(value)
                for target in targets:
                    self._bind(target, known, node)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, self.value(value), node)
            case ast.AugAssign():
                self._add_to(node)
            case ast.Expr(value=ast.Call() as call):
                self._change(call)
            case ast.Delete(targets=targets):
                for target in targets:
                    self._remove(target)
            case ast.If(test=test) if (truth := self._truth(test)) is not None:
                self.run(node.body if truth else node.orelse)
            case ast.With() | ast.AsyncWith():
                self._enter(node)
                self.run(node.body)
            case ast.Try():
                self.run([*node.body, *node.orelse, *node.finalbody])
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.names[node.name] = Unknown(node)
            case ast.If() | ast.For() | ast.AsyncFor() | ast.While() | ast.Match():
                self._forget(node)
            case _:
                pass

    def _enter(self, statement: ast.stmt) -> None:
        """Binds what a `with` gives a name."""
        for item in getattr(statement, "items", ()):
            if item.optional_vars is not None:
                self._bind(item.optional_vars, self.value(item.context_expr), statement)

    def _truth(self, test: ast.expr) -> bool | None:
        if is_main(test):
            return True
        known = self.value(test)
        return known if isinstance(known, bool) else None

    def _forget(self, statement: ast.stmt) -> None:
        """What a statement may change, or not, or many times, isn't known after it."""
        for node in ast.walk(statement):
            self._spend(1)
            if isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Load):
                self.names[dotted(node)] = Unknown(statement)
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
                held, key = self.value(node.value), self.value(node.slice)
                if isinstance(held, Table) and isinstance(key, str):
                    held.items[key] = (Unknown(statement), node.lineno)
                else:
                    _doubt(held, statement, key)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                held = self.value(node.func.value) if node.func.attr in _CHANGES else None
                _doubt(held, statement)

    def _bind(self, target: ast.expr, known: Value, node: ast.AST) -> None:
        if isinstance(target, ast.Name | ast.Attribute):
            self.names[dotted(target)] = known
        elif isinstance(target, ast.Tuple | ast.List):
            same = isinstance(known, Row) and len(known.items) == len(target.elts)
            for index, inner in enumerate(target.elts):
                self._bind(inner, known.items[index][0] if same else Unknown(node), node)
        elif isinstance(target, ast.Subscript):
            held, key = self.value(target.value), self.value(target.slice)
            if isinstance(held, Table) and isinstance(key, str):
                held.items[key] = (known, target.lineno)
            else:
                _doubt(held, node, key)

    def _remove(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.names.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            held, key = self.value(target.value), self.value(target.slice)
            if isinstance(held, Table) and isinstance(key, str):
                held.items.pop(key, None)
            else:
                _doubt(held, target)

    def _add_to(self, node: ast.AugAssign) -> None:
        held, more = self.value(node.target), self.value(node.value)
        if isinstance(held, Table) and isinstance(more, Table):
            self._merge(held, more)
        elif isinstance(held, Row) and isinstance(more, Row) and isinstance(node.op, ast.Add):
            self._extend(held, more)
        else:
            self._bind(node.target, self._binary(node, held, node.op, more), node)

    def _change(self, call: ast.Call) -> None:
        """A method that changes what it is called on."""
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in _CHANGES:
            return
        held = self.value(call.func.value)
        more = [self.value(argument) for argument in call.args]
        if isinstance(held, Table) and call.func.attr == "update" and len(more) < 2:
            added = self._table(call)
            if isinstance(added, Table):
                self._merge(held, added)
                return
        elif isinstance(held, Row) and call.func.attr == "append" and len(more) == 1:
            self._extend(held, Row([(more[0], call.lineno)]))
            return
        elif isinstance(held, Row) and call.func.attr == "extend":
            if len(more) == 1 and isinstance(more[0], Row):
                self._extend(held, more[0])
                return
        elif isinstance(held, Table) and call.func.attr == "pop":
            key = next(iter(more), None)
            if isinstance(key, str):
                held.items.pop(key, None)
                return
        _doubt(held, call)

    def value(self, node: ast.expr) -> Value:
        """What an expression stands for."""
        self._spend(1)
        match node:
            case ast.Constant(value=str() | int() | float() | None):
                return node.value
            case ast.Name(id=name):
                return self.names.get(name, Unknown(node))
            case ast.Dict():
                return self._dict(node)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                if any(isinstance(item, ast.Starred) for item in items):
                    return Unknown(node)
                return Row([(self.value(item), item.lineno) for item in items])
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
                known = self.value(inner)
                if isinstance(known, int | float):
                    return -known if isinstance(node.op, ast.USub) else known
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(node, self.value(left), op, self.value(right))
            case ast.Subscript(value=inner, slice=key):
                return self._item(node, self.value(inner), self.value(key))
            case ast.JoinedStr():
                return self._joined(node)
            case ast.Call():
                return self._call(node)
            case ast.Attribute(value=inner):
                name = dotted(node)
                known = self.names.get(name, CONSTANTS.get(name, Unknown(node)))
                return parent(self.value(inner), node) or known
            case _:
                pass
        return Unknown(node)

    def _dict(self, node: ast.Dict) -> Value:
        table = Table()
        for key, value in zip(node.keys, node.values, strict=True):
            known = self.value(value)
            if key is None:
                if not isinstance(known, Table):
                    return Unknown(value)
                self._merge(table, known)
                continue
            name = self.value(key)
            if isinstance(name, int | float) and not isinstance(name, bool):
                name = str(name)  # As JSON has it.
            if not isinstance(name, str):
                return Unknown(key)
            table.items[name] = (known, key.lineno)
        return table

    def _item(self, node: ast.expr, held: Value, key: Value) -> Value:
        if isinstance(held, Table) and isinstance(key, str) and not held.doubt:
            return held.items.get(key, (Unknown(node), 0))[0]
        if isinstance(held, Row) and type(key) is int and not held.doubt:
            return (
                held.items[key][0] if -len(held.items) <= key < len(held.items) else Unknown(node)
            )
        if isinstance(held, Loaded) and isinstance(key, str):
            return held.at(key)
        return Unknown(node)

    def _binary(self, node: ast.AST, left: Value, op: ast.operator, right: Value) -> Value:
        if isinstance(left, Row) and isinstance(right, Row) and isinstance(op, ast.Add):
            found = Row(list(left.items), left.doubt or right.doubt)
            self._spend(len(left.items))
            self._extend(found, right)
            return found
        if isinstance(left, Table) and isinstance(right, Table) and isinstance(op, ast.BitOr):
            merged = Table(dict(left.items), left.doubt)
            self._spend(len(left.items))
            self._merge(merged, right)
            return merged
        if isinstance(left, str) and isinstance(right, str) and isinstance(op, ast.Add):
            self._spend(len(left) + len(right))
            return left + right
        if isinstance(op, ast.Div) and (path := divided(node, left, right)):
            return path
        act = ARITHMETIC.get(type(op))
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if act is None or not numbers or is_huge(left, op, right):
            return Unknown(node)
        return computed(node, act, left, right)

    def _joined(self, node: ast.JoinedStr) -> Value:
        parts = []
        for part in node.values:
            plain = isinstance(part, ast.FormattedValue) and not part.format_spec
            known = self.value(part.value if isinstance(part, ast.FormattedValue) else part)
            if not (plain or isinstance(part, ast.Constant)) or not isinstance(
                known, str | int | float
            ):
                return Unknown(node)
            parts.append(str(known))
            self._spend(len(parts[-1]))
        return "".join(parts)

    def _call(self, node: ast.Call) -> Value:
        name = dotted(node.func)
        if name == "dict":
            return self._table(node)
        given = [self.value(argument) for argument in node.args]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "copy" and not given:
            return self._copy(self.value(node.func.value), node)
        held = self.value(node.func.value) if isinstance(node.func, ast.Attribute) else None
        if (file := called(node, held, given)) is not None:
            return file
        function = self.names.get(name)
        if isinstance(function, Unknown) and isinstance(function.node, ast.FunctionDef):
            return self._returned(function.node, node, given)
        if node.keywords:
            return Unknown(node)
        if name in ("copy.copy", "copy.deepcopy", "deepcopy", "list", "tuple") and len(given) == 1:
            return self._copy(given[0], node, deep="deep" in name)
        if name == "range" and 0 < len(given) < 4 and all(type(each) is int for each in given):
            return self._range(node, given)
        act = NUMBERS.get(name)
        if name == "round" and len(given) > 1:
            return Unknown(node)  # Rounding to -10**9 digits takes for ever.
        if act is None or not given or not all(isinstance(each, int | float) for each in given):
            return Unknown(node)
        return computed(node, act, *given)

    def _returned(self, function: ast.FunctionDef, call: ast.Call, given: list[Value]) -> Value:
        """What a function of the same file gives back, when it does so in one place."""
        ends = [one for one in ast.walk(function) if isinstance(one, ast.Return)]
        if len(ends) != 1 or ends[0].value is None or self._depth > _DEEPEST:
            return Unknown(call)
        inner = Literals(self._depth + 1)
        inner._left = self._left - len(self.names)
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        defaults = dict(zip(names[::-1], function.args.defaults[::-1], strict=False))
        inner.names = {
            **self.names,
            **{name: Unknown(function) for name in names},
            **{name: self.value(default) for name, default in defaults.items()},
            **dict(zip(names, given, strict=False)),
            **{one.arg: self.value(one.value) for one in call.keywords if one.arg in names},
        }
        inner.run(function.body, ends[0])
        found = inner.value(ends[0].value)
        self._left = inner._left
        return found

    def _range(self, node: ast.Call, given: list[int]) -> Value:
        numbers = computed(node, range, *given)
        if isinstance(numbers, Unknown) or len(numbers[: _MOST_ITEMS + 1]) > _MOST_ITEMS:
            return Unknown(node)
        self._spend(len(numbers))
        return Row([(number, node.lineno) for number in numbers])

    def _table(self, node: ast.Call) -> Value:
        """What `dict(...)` makes, or `update(...)` adds."""
        table = Table()
        for argument in node.args:
            known = self.value(argument)
            if not isinstance(known, Table) or len(node.args) > 1:
                return Unknown(argument)
            self._merge(table, known)
        for keyword in node.keywords:
            known = self.value(keyword.value)
            if keyword.arg is not None:
                table.items[keyword.arg] = (known, keyword.value.lineno)
            elif isinstance(known, Table):
                self._merge(table, known)
            else:
                return Unknown(keyword.value)
        return table

    def _copy(self, held: Value, node: ast.AST, *, deep: bool = False, depth: int = 0) -> Value:
        if not isinstance(held, Table | Row):
            return held if deep else Unknown(node)
        if depth > 60:
            raise TooMuch
        self._spend(len(held.items) + 1)

        def inner(value: Value) -> Value:
            return self._copy(value, node, deep=True, depth=depth + 1) if deep else value

        if isinstance(held, Table):
            return Table({k: (inner(v), line) for k, (v, line) in held.items.items()}, held.doubt)
        return Row([(inner(v), line) for v, line in held.items], held.doubt)

    def _merge(self, table: Table, more: Table) -> None:
        self._spend(len(more.items))
        table.items |= more.items
        table.doubt = table.doubt or more.doubt

    def _extend(self, row: Row, more: Row) -> None:
        self._spend(len(more.items))
        row.items += list(more.items)
        row.doubt = row.doubt or more.doubt

    def _spend(self, amount: int) -> None:
        self._left -= amount
        if self._left < 0:
            raise TooMuch


def _doubt(held: Value, node: ast.AST, key: Value = None) -> None:
    """What is changed in a way that isn't followed isn't known any more."""
    if isinstance(held, Table | Row):
        held.doubt = Unknown(node)
    elif isinstance(held, Loaded) and (held.part or key not in _NO_SEARCH):
        held.changes.append(node)
