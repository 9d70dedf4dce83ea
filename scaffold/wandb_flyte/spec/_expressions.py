"""What expressions of Python code stand for, as far as that is written out. Nothing is run."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod

from ._arithmetic import ARITHMETIC, CONSTANTS, MOST_BITS, NUMBERS, computed, is_huge
from ._nodes import dotted
from ._opened import called, divided, parent
from ._values import Loaded, Row, Table, Unknown, Value

_MOST = 1_000_000  # Steps, items and characters: what a person writes has far fewer.
_MOST_ITEMS = 10_000
_FUNCTIONS = (ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda)
# What says nothing of the search in a sweep config.
_NO_SEARCH = frozenset({"description", "entity", "name", "program", "project", "run_cap"})
# The methods of dicts and lists that change them.
CHANGES = frozenset(
    {"append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}
)


class TooMuch(Exception):
    """The code stands for more than a sweep config can be."""


class Expressions(ABC):
    """Knows what expressions stand for, by what names hold.

    Attributes:
        names: What the names hold.

    Raises:
        TooMuch: From every method, when there is more of it than a person writes.
    """

    def __init__(self) -> None:
        self.names: dict[str, Value] = {}
        self._left = _MOST

    @abstractmethod
    def _bind(self, target: ast.expr, known: Value, node: ast.AST) -> None:
        """Gives a name, or a part of something, what is known of a value."""

    @abstractmethod
    def _returned(self, function: ast.AST, call: ast.Call, given: list[Value]) -> Value:
        """What a function of the same file gives back."""

    def value(self, node: ast.expr) -> Value:
        """What an expression stands for."""
        self._spend(1)
        match node:
            case ast.Constant(value=int() as number) if number.bit_length() > MOST_BITS:
                return Unknown(node)
            case ast.Constant(value=str() | int() | float() | None):
                return node.value
            case ast.NamedExpr(target=target, value=inner):
                self._bind(target, known := self.value(inner), node)
                return known
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
        if name == "dict" and name not in self.names:
            return self._copied(node)
        given = [self.value(argument) for argument in node.args]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "copy" and not given:
            return self._copy(self.value(node.func.value), node)
        held = self.value(node.func.value) if isinstance(node.func, ast.Attribute) else None
        if (file := called(node, held, given)) is not None:
            return file
        if isinstance(held, Table | Loaded) and isinstance(node.func, ast.Attribute):
            return self._asked(node, node.func.attr, held, given)
        function = self.names.get(name)
        if isinstance(function, Unknown) and isinstance(function.node, _FUNCTIONS):
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

    def _copied(self, node: ast.Call) -> Value:
        """What `dict(...)` gives."""
        inner = self.value(node.args[0]) if len(node.args) == 1 and not node.keywords else None
        return inner if isinstance(inner, Loaded) else self._table(node)

    def _asked(self, node: ast.Call, name: str, held: Table | Loaded, given: list[Value]) -> Value:
        """What a method of a dict gives, as `config.get("parameters")` does."""
        key = given[0] if given else None
        if name == "get":
            found = self._item(node, held, key)
            keys = held.items if isinstance(held, Table) and not held.doubt else None
            is_missing = keys is not None and isinstance(key, str) and key not in keys
            return given[1] if is_missing and len(given) > 1 else found
        if name not in CHANGES:
            return Unknown(node)
        found = self._item(node, held, key)
        if name == "pop" and isinstance(held, Table) and isinstance(key, str):
            held.items.pop(key, None)
        else:
            doubt(held, node, key)
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
        if isinstance(held, Loaded):
            return held  # Together with what is changed of either.
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


def doubt(held: Value, node: ast.AST, key: Value = None) -> None:
    """What is changed in a way that isn't followed isn't known any more."""
    if isinstance(held, Table | Row):
        held.doubt = Unknown(node)
    elif isinstance(held, Loaded):
        is_word = isinstance(key, str) and key in _NO_SEARCH and not held.part
        held.changes.extend([] if is_word else [node])
