"""What code that other packages have may change, whenever they call it."""

from __future__ import annotations

import ast
from typing import Any

from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.syntax import Function as FunctionNode

from .objects import Bound, Function, Instance, Klass

# Methods that change what they are called on.
_CHANGES = frozenset(
    {
        *("add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popleft"),
        *("put", "put_nowait", "remove", "set", "setdefault", "update"),
    }
)


class Loose:
    """The names whose values other packages may change through what they were given.

    Attributes:
        names: Names of functions and modules.
        attributes: Names of attributes.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self._seen: set[int] = set()
        self._functions: dict[int, dict[str, list[ast.AST]]] = {}

    def note(self, option: Any) -> None:
        """Something of the program comes into the hands of code that may call it."""
        if isinstance(option, Bound):
            self.note(option.function)
        elif isinstance(option, Function):
            self._go_through(option.node, option.frame.module.source)
        elif isinstance(option, Klass | Instance):
            klass = option if isinstance(option, Klass) else option.klass
            for one in klass.bases:
                for name, value in one.names.items():
                    for method in value.options if name != "__init__" else ():
                        if isinstance(method, Function):
                            self.note(method)

    def _go_through(self, node: ast.AST, module: Module) -> None:
        if id(node) in self._seen:
            return
        self._seen.add(id(node))
        for one in ast.walk(node):
            if isinstance(one, ast.Global | ast.Nonlocal):
                self.names.update(one.names)
            elif isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
                self.attributes.add(one.attr)
            elif isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store):
                self._changed(one.value)
            elif isinstance(one, ast.Call):
                self._called(one.func, module)

    def _called(self, function: ast.expr, module: Module) -> None:
        if isinstance(function, ast.Attribute) and function.attr in _CHANGES:
            self._changed(function.value)
        name = getattr(function, "attr", getattr(function, "id", ""))
        for node in self._named(module).get(name, ()):
            self._go_through(node, module)

    def _changed(self, node: ast.expr) -> None:
        if isinstance(node, ast.Name):
            self.names.add(node.id)
        elif isinstance(node, ast.Attribute):
            self.attributes.add(node.attr)

    def _named(self, module: Module) -> dict[str, list[ast.AST]]:
        """The functions of a module, by their names."""
        found = self._functions.get(id(module))
        if found is None:
            found = self._functions[id(module)] = {}
            for node in ast.walk(module.tree):
                if isinstance(node, FunctionNode):
                    found.setdefault(node.name, []).append(node)
        return found
