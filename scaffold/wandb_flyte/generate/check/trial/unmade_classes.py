"""Classes that nothing in a program names: it makes no objects of them."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.kinds import called_name, text
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.spec import dotted

# What finds classes without naming them.
_FINDS = frozenset(
    {
        *("Fire", "__import__", "__subclasses__", "eval", "exec", "get_class", "get_object"),
        *("getmembers", "globals", "import_module", "instantiate", "locals", "locate", "modules"),
        "vars",
    }
)
_REGISTERS = "__init_subclass__"


class UnmadeClasses:
    """Tells which classes a program has no objects of.

    Args:
        program: The program.
    """

    def __init__(self, program: Program) -> None:
        self._scopes = program.flow.scopes
        classes = [one for many in self._scopes.classes.values() for one in many]
        nodes = [node for scope in self._scopes.everywhere for node in scope.nodes]
        named = {getattr(node, "id", getattr(node, "attr", "")) for node in nodes}
        looks = any(
            isinstance(node, ast.Call) and called_name(node) == "getattr" and _is_made(node)
            for node in nodes
        )
        is_open = (
            looks
            or bool(self._scopes.made.definitions)
            or program.imports_by_name
            or program.logs.made
            or program.starts
        )
        self._all: set[int] = set()
        if not (is_open or named & _FINDS):
            self._all = self._unnamed(classes, nodes)

    def has(self, owner: ast.ClassDef) -> bool:
        """Whether nothing makes an object of a class, or of one that derives from it."""
        return id(owner) in self._all

    def _unnamed(self, classes: list[ast.ClassDef], nodes: list[ast.AST]) -> set[int]:
        inside = {
            one.name: {id(part) for same in classes if same.name == one.name for part in walk(same)}
            for one in classes
        }
        bases = {id(part) for one in classes for base in one.bases for part in walk(base)}
        words = [found for node in nodes if (found := text(node))]
        used = {
            name
            for node in nodes
            if (name := getattr(node, "id", getattr(node, "attr", ""))) in inside
            and id(node) not in inside[name]
            and id(node) not in bases
        }
        used |= {name for name in inside if any(name in one for one in words)}
        used |= {one.name for one in classes if _is_known_elsewhere(one)}
        used |= {name for name, many in self._scopes.classes.items() if len(many) > 1}
        used |= {
            alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.asname
        }
        while (
            more := {
                dotted(base).rpartition(".")[2]
                for one in classes
                if one.name in used
                for base in one.bases
            }
            - used
        ):
            used |= more
        return {id(one) for one in classes if one.name not in used}


def _is_made(call: ast.Call) -> bool:
    """Whether a call asks for an attribute under a name that the source does not write out."""
    return len(call.args) > 1 and text(call.args[1]) is None


def _is_known_elsewhere(owner: ast.ClassDef) -> bool:
    """Whether a class is registered as it is defined."""
    registers = any(getattr(child, "name", "") == _REGISTERS for child in owner.body)
    return bool(owner.decorator_list or owner.keywords) or registers
