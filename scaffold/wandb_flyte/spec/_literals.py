"""What Python code holds in its names, as far as that is written out. Nothing of it is run."""

from __future__ import annotations

import ast

from ._calls import chain_to, globals_of, returned_by
from ._expressions import CHANGES, Expressions, doubt
from ._nodes import dotted, is_main
from ._values import Loaded, Row, Table, Unknown, Value

_DEEPEST = 4  # Functions that call each other.
BLOCKS = ("body", "orelse", "finalbody")


class Literals(Expressions):
    """Goes through statements in their order, and knows what names hold as far as is written out.

    Args:
        depth: How many functions it is inside of.

    Attributes:
        of_module: What the module's names hold, while the names are those of a function in it.
    """

    def __init__(self, depth: int = 0) -> None:
        super().__init__()
        self.of_module: dict[str, Value] | None = None
        self._depth = depth

    def run_to(
        self, root: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef, until: ast.AST
    ) -> None:
        """Goes through a module or a function, up to the statement with a node in it.

        The blocks that the node is in count as run, whatever their conditions are.
        """
        around, body = chain_to(root, until), root.body
        while body:
            statement = next((one for one in body if id(one) in around), None)
            for other in body[: body.index(statement)] if statement is not None else body:
                self._step(other)
            if statement is None:
                return
            if isinstance(statement, ast.For | ast.While):
                self._forget(statement)
            self._enter(statement)
            if isinstance(statement, ast.If):
                self.value(statement.test)  # It may bind a name.
            blocks = [getattr(statement, name, []) for name in BLOCKS]
            body = next((b for b in blocks if any(id(one) in around for one in b)), [])

    def run(self, body: list[ast.stmt]) -> None:
        """Goes through statements."""
        for statement in body:
            self._step(statement)

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
            case ast.Try() | ast.TryStar():
                self.run([*node.body, *node.orelse, *node.finalbody])
                for handler in node.handlers:
                    self._forget(handler)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self.names[name] = Unknown(node)
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

    def _forget(self, statement: ast.AST) -> None:
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
                    doubt(held, statement, key)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                held = self.value(node.func.value) if node.func.attr in CHANGES else None
                doubt(held, statement)

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
                doubt(held, node, key)

    def _remove(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.names.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            held, key = self.value(target.value), self.value(target.slice)
            if isinstance(held, Table) and isinstance(key, str):
                held.items.pop(key, None)
            else:
                doubt(held, target)

    def _add_to(self, node: ast.AugAssign) -> None:
        held, more = self.value(node.target), self.value(node.value)
        if isinstance(held, Loaded):
            doubt(held, node)
        if isinstance(held, Table) and isinstance(more, Table):
            self._merge(held, more)
        elif isinstance(held, Row) and isinstance(more, Row) and isinstance(node.op, ast.Add):
            self._extend(held, more)
        else:
            self._bind(node.target, self._binary(node, held, node.op, more), node)

    def _change(self, call: ast.Call) -> None:
        """A method that changes what it is called on."""
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in CHANGES:
            self.value(call)  # A function of the file may change what it is given.
            return
        held = self.value(call.func.value)
        more = [self.value(argument) for argument in call.args]
        if isinstance(held, Table) and call.func.attr == "update" and len(more) < 2:
            added = self._table(call)
            if isinstance(added, Table):
                self._merge(held, added)
                return
        elif isinstance(held, Loaded) and call.func.attr == "update":
            added = self._table(call)
            keys = list(added.items) if isinstance(added, Table) else [None]
            for name in keys:
                doubt(held, call, name)
            return
        elif isinstance(held, Row) and call.func.attr == "append" and len(more) == 1:
            self._extend(held, Row([(more[0], call.lineno)]))
            return
        elif isinstance(held, Row) and call.func.attr == "extend":
            if len(more) == 1 and isinstance(more[0], Row):
                self._extend(held, more[0])
                return
        elif isinstance(held, Table):
            self._asked(call, call.func.attr, held, more)
            return
        doubt(held, call)

    def _returned(self, function: ast.AST, call: ast.Call, given: list[Value]) -> Value:
        """What a function of the same file gives back, when it does so in one place."""
        ends = returned_by(function) if isinstance(function, ast.FunctionDef) else None
        is_spread = any(isinstance(one, ast.Starred) for one in call.args)
        is_spread = is_spread or any(one.arg is None for one in call.keywords)
        if ends is None or is_spread or self._depth > _DEEPEST:
            self._distrust(function, call, given)
            return Unknown(call)
        assert isinstance(function, ast.FunctionDef)  # noqa: S101 - others have no `ends`
        outside = self.names if self.of_module is None else self.of_module
        inner = Literals(self._depth + 1)
        inner.of_module = outside
        inner._left = self._left - len(outside)
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        defaults = dict(zip(names[::-1], function.args.defaults[::-1], strict=False))
        inner.names = {
            **outside,
            **{name: Unknown(function) for name in names},
            **{name: inner.value(default) for name, default in defaults.items()},
            **dict(zip(names, given, strict=False)),
            **{one.arg: self.value(one.value) for one in call.keywords if one.arg in names},
        }
        if ends:
            inner.run_to(function, ends[0])
        else:
            inner.run(function.body)
        found = inner.value(ends[0].value) if ends and ends[0].value else None
        self._left = inner._left
        return found

    def _distrust(self, function: ast.AST, call: ast.Call, given: list[Value]) -> None:
        """What a function that is not followed gets, or binds anew, isn't known any more."""
        for held in (*given, *(self.value(one.value) for one in call.keywords)):
            doubt(held, call)
        for name in globals_of(function) if isinstance(function, ast.FunctionDef) else ():
            self.names[name] = Unknown(call)
