"""The names that the program's own classes and their objects have."""

from __future__ import annotations

import ast
from contextlib import suppress

from wandb_flyte.spec import dotted

from .kinds import full_name
from .scope import Scope
from .scopes import Scopes
from .syntax import Function, named_by, walk

_PLAIN_BASES = frozenset({"abc.ABC", "object", "typing.NamedTuple"})
_PLAIN_DECORATORS = frozenset({"attr.s", "attrs.define", "dataclasses.dataclass"})
# With these a class has whatever names it likes.
_ANY_NAME = frozenset({"__contains__", "__dir__", "__getattr__", "__getattribute__", "__iter__"})


class Fields:
    """Finds classes of a program, and their names.

    Args:
        scopes: The program.
    """

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        # What is looked up is known by its id: it has to stay.
        self._parsed: dict[tuple[int, str], ast.expr | None] = {}

    def named(self, node: ast.expr | None, scope: Scope) -> ast.ClassDef | None:
        """The class of the program that an expression names."""
        if isinstance(node, ast.Attribute):
            module = node.value.id if isinstance(node.value, ast.Name) else ""
            node = node if module in scope.module.imports else None
        if not isinstance(node, ast.Name | ast.Attribute):
            return None
        found = self._scopes.resolve(node, scope)
        only = found[0] if len(found) == 1 else None
        return only if isinstance(only, ast.ClassDef) else None

    def annotated(self, annotation: ast.expr | None, scope: Scope) -> ast.ClassDef | None:
        """The class that an annotation names, alone or with None."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = self._parse(annotation.value, scope)
        if isinstance(annotation, ast.Subscript):
            is_optional = dotted(annotation.value).rpartition(".")[2] == "Optional"
            annotation = annotation.slice if is_optional else None
        if isinstance(annotation, ast.BinOp):
            is_none = ast.unparse(annotation.right) == "None"
            annotation = annotation.left if is_none else None
        return self.named(annotation, scope)

    def family(self, node: ast.ClassDef, *, or_heirs: bool) -> list[ast.ClassDef] | None:
        """A class with those above it, and where objects may be of them, with those below it.

        Returns:
            None where some of them are not the program's own.
        """
        found: list[ast.ClassDef] = []
        todo = [node, *(self._scopes.heirs_of(node) if or_heirs else ())]
        while todo:
            one = todo.pop()
            if one in found:
                continue
            found.append(one)
            around = self._scopes.defined_in(one)
            if around is None or one.keywords:
                return None
            for base in one.bases:
                above = self.named(base, around)
                if above is not None:
                    todo.append(above)
                elif full_name(base, around.module.outside) not in _PLAIN_BASES:
                    return None
        return found

    def names(self, classes: list[ast.ClassDef]) -> frozenset[str] | None:
        """The names that some classes give their objects; None where those may have others too."""
        found = {name for one in classes for node in walk(one) if (name := _bound(node))}
        decorated = (
            full_name(named_by(decorator), around.module.outside)
            for one in classes
            if (around := self._scopes.defined_in(one)) is not None
            for decorator in one.decorator_list
        )
        if found & _ANY_NAME or not _PLAIN_DECORATORS.issuperset(decorated):
            return None
        return frozenset(found)

    def _parse(self, written: str, scope: Scope) -> ast.expr | None:
        key = (id(scope), written)
        if key not in self._parsed:
            self._parsed[key] = None
            with suppress(SyntaxError):
                self._parsed[key] = ast.parse(written, mode="eval").body
        return self._parsed[key]


def _bound(node: ast.AST) -> str | None:
    """The name that a node in a class gives it, or may."""
    if isinstance(node, ast.Name):
        return node.id if isinstance(node.ctx, ast.Store) else None
    if isinstance(node, Function | ast.ClassDef):
        return node.name
    return (node.asname or node.name) if isinstance(node, ast.alias) else None


def are_frozen(classes: list[ast.ClassDef]) -> bool:
    """Whether no attribute of their objects can be set."""
    return all("frozen=True" in "".join(map(ast.unparse, one.decorator_list)) for one in classes)
