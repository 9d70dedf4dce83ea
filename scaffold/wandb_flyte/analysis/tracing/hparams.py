"""What Lightning keeps of a module's parameters, and gives as `self.hparams`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from wandb_flyte.analysis.source.kinds import called_name, is_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import parameters
from wandb_flyte.spec import dotted

from .flow import Flow
from .noted import noted_under

_SAVES = "save_hyperparameters"


class Hparams:
    """Tells what the modules of a program are given, and keep under `hparams`.

    Args:
        flow: The program.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._classes = flow.scopes.classes

    def given(self, name: str, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """Every value that a module may have under a name, each with its scope.

        Args:
            name: The parameter's.
            scope: A method of the module's class.

        Returns:
            None of them where something unseen may give it another.
        """
        if scope.owner is None or self._is_changed:
            return []
        found: list[tuple[ast.expr, Scope]] = []
        for owner in self._kin(scope.owner):
            init = self._init_of(owner)
            for call, place in self._flow.callers.get(id(owner), []):
                value = _given(name, call, init) if init is not None else None
                if value is None or init is None:
                    return []
                found.append((value, init if id(value) in _defaults(init) else place))
            if self._is_mentioned(owner):
                return []
        return found

    def _kin(self, owner: ast.ClassDef) -> Iterator[ast.ClassDef]:
        """A class, and those made of it."""
        yield owner
        for many in self._classes.values():
            for one in many:
                if one is not owner and any(_last(base) == owner.name for base in one.bases):
                    yield from self._kin(one)

    def _init_of(self, owner: ast.ClassDef, depth: int = 0) -> Scope | None:
        """The `__init__` of a class, its own or that of a base."""
        own = self._flow.scopes.init_of(owner)
        if own is not None or depth > len(self._classes):
            return own
        bases = [one for base in owner.bases for one in self._classes.get(_last(base), [])]
        return self._init_of(bases[0], depth + 1) if len(bases) == 1 else None

    def _is_mentioned(self, owner: ast.ClassDef) -> bool:
        """Whether a class stands anywhere but as a base, or where it is called."""
        calls = {id(call.func) for call, _ in self._flow.callers.get(id(owner), [])}
        bases = {id(base) for many in self._classes.values() for one in many for base in one.bases}
        return any(
            _last(node) == owner.name and id(node) not in calls | bases
            for scope in self._flow.scopes.everywhere
            for node in scope.nodes
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
        )

    @cached_property
    def _is_changed(self) -> bool:
        """Whether the program keeps anything else there, or may set what it keeps."""
        parents = self._flow.scopes.parents
        for scope in self._flow.scopes.everywhere:
            for call in scope.calls:
                if called_name(call) == _SAVES and not saves(call):
                    return True
            for node in scope.each(ast.Attribute):
                if node.attr != "hparams":
                    continue
                parent = parents.get(id(node))
                part = parent if isinstance(parent, ast.Attribute | ast.Subscript) else node
                called = isinstance(parents.get(id(part)), ast.Call)
                changes = called and getattr(part, "attr", "") in ("pop", "setdefault", "update")
                if changes or not isinstance(part.ctx, ast.Load):
                    return True
                if part is node and noted_under(node, self._flow, scope) is None:
                    return True
        return False


def saves(call: ast.Call) -> bool:
    """Whether a module keeps the parameters that it is given, all of them or some by name."""
    return called_name(call) == _SAVES and all(text(one) is not None for one in call.args)


def kept_by(node: ast.expr) -> ast.Attribute | None:
    """The `self.hparams` that an expression takes a part of; None for any other."""
    base = node.value if isinstance(node, ast.Attribute | ast.Subscript) else None
    own = isinstance(base, ast.Attribute) and base.attr == "hparams" and is_name(base.value, "self")
    return base if own and isinstance(base, ast.Attribute) else None


def _given(name: str, call: ast.Call, init: Scope) -> ast.expr | None:
    """What a call gives for a parameter, or its default; None where that is not seen."""
    assert init.node is not None  # noqa: S101 - it is an `__init__`
    spread = any(keyword.arg is None for keyword in call.keywords)
    if spread or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    if init.binding(name):
        return None
    own = name in init.takes
    rest = init.node.args.kwarg
    if not own and (rest is None or any(is_name(one, rest.arg) for one in init.nodes)):
        return None
    value = init.arguments(call).get(name)
    if value is None and own:
        value = {arg.arg: default for arg, default in parameters(init.node)}.get(name)
    return value


def _defaults(init: Scope) -> set[int]:
    assert init.node is not None  # noqa: S101 - it is an `__init__`
    return {id(default) for _, default in parameters(init.node) if default is not None}


def _last(node: ast.expr) -> str:
    return dotted(node).rpartition(".")[2]
