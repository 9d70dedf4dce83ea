"""Values that only get another name, under which they are looked for: a variable, a parameter."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from wandb_flyte.analysis.source.kinds import HOLDERS, Kind, called_name, is_name, text
from wandb_flyte.analysis.source.new_objects import chooses_by_arguments
from wandb_flyte.analysis.source.plain_classes import looking_bases
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.spec import dotted

from .flow import Flow
from .hparams import saves
from .swallowed import is_swallowed, takes_all

_OF_OTHERS = (ast.Global, ast.Nonlocal)

# Base classes that look at no attributes of their own accord.
_PLAIN_BASES = frozenset({"Module", "ABC", "nn.Module", "object", "torch.nn.Module"})
# What asks for attributes by a text, and what for all of them.
_ASKS = frozenset({"delattr", "getattr", "hasattr"})
_ASKS_ANY = frozenset({"__dict__", "asdict", "attrgetter", "save_hyperparameters", "vars"})


class Passed:
    """Tells which values a program hands to names of its own.

    Args:
        flow: The kinds of its expressions.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._parents = flow.scopes.parents
        self._hidden: dict[int, set[str]] = {}

    def is_passed(self, kind: Kind, node: ast.expr, scope: Scope) -> bool:
        """Whether every use of a value is a use of a name that is followed.

        Args:
            kind: What the value is.
            node: Where it stands.
            scope: The scope around it.
        """
        parent = self._parents.get(id(node))
        if isinstance(parent, ast.Assign | ast.AnnAssign):
            if isinstance(self._parents.get(id(parent)), ast.ClassDef):
                return False
            names = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            return all(self._is_followed(name, kind, scope) for name in names)
        call = self._parents.get(id(parent)) if isinstance(parent, ast.keyword) else parent
        if not isinstance(call, ast.Call) or call.func is node:
            return False
        targets = self._flow.scopes.resolve(call.func, scope)
        if self._is_inherited(call.func, targets, scope):
            return False
        return bool(targets) and all(self._takes(one, kind, node, call) for one in targets)

    def _is_followed(self, target: ast.expr, kind: Kind, scope: Scope) -> bool:
        if self._is_kept_for_none(target, scope):
            return True
        if not isinstance(target, ast.Name) or kind not in self._flow.named(target.id, scope):
            return False
        if any(map(takes_all, scope.calls)):
            return False
        elsewhere = (node.names for node in scope.nodes if isinstance(node, _OF_OTHERS))
        if any(target.id in names for names in elsewhere):
            return False
        return scope.node is not None or target.id not in self._hidden_in(scope)

    def _is_kept_for_none(self, target: ast.expr, scope: Scope) -> bool:
        """Whether an object keeps a value under a name that nothing asks for."""
        if not isinstance(target, ast.Attribute) or not is_name(target.value, "self"):
            return False
        owner = scope.owner
        if owner is None or looking_bases(owner, self._flow.scopes):
            return False
        return self._asked is not None and target.attr not in self._asked

    @cached_property
    def _asked(self) -> frozenset[str] | None:
        """The attributes that any code asks for, by name or text; None where they may be any."""
        found: set[str] = set()
        of_config: set[int] = set()
        for scope in self._flow.scopes.reached:
            asked = [(id(node), node.value) for node in scope.each(ast.Attribute)]
            asked += [(id(call.func), call.args[0]) for call in scope.calls if call.args]
            of_config |= {one for one, of in asked if self._is_holder(of, scope)}
        for node in (node for one in self._flow.sources.modules for node in walk(one.tree)):
            name = getattr(node, "attr", None) or getattr(node, "id", None)
            if name in _ASKS_ANY and id(node) not in of_config:
                return None
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Store):
                found |= {node.attr} if id(node) not in of_config else set()
            elif isinstance(node, ast.Call) and called_name(node) in _ASKS:
                names = [text(one) for one in node.args[1:2]]
                if None in names:
                    return None
                found.update(filter(None, names))
        return frozenset(found)

    @cached_property
    def _keeps(self) -> bool:
        """Whether a base of the program's may take up what a class's `__init__` is given."""
        return any(saves(call) for scope in self._flow.scopes.everywhere for call in scope.calls)

    def _is_holder(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is a config, and nothing that the program makes an object of."""
        kinds = self._flow.kinds(node, scope)
        return bool(kinds) and all(kind.what in HOLDERS and not kind.path for kind in kinds)

    def _hidden_in(self, top: Scope) -> set[str]:
        """The names that a module's code reads where it seems never to come to."""
        key = id(top.module)
        if key not in self._hidden:
            reached = [one for one in self._flow.scopes.reached if one.module is top.module]
            everywhere = _loads(walk(top.module.tree))
            seen = _loads(node for one in reached for node in one.nodes)
            self._hidden[key] = set(everywhere - seen)
        return self._hidden[key]

    def _is_inherited(
        self, called: ast.expr, targets: list[Scope | ast.ClassDef], scope: Scope
    ) -> bool:
        """Whether a method of the object itself may be one that another package's class has."""
        own = isinstance(called, ast.Attribute) and is_name(called.value, "self")
        if not own or scope.owner is None:
            return False
        line, known = self._flow.scopes.line_of(scope.owner), self._flow.scopes.classes
        bases = {dotted(base).rpartition(".")[2] for one in line for base in one.bases}
        foreign = bool(bases - known.keys() - _PLAIN_BASES)
        owners = [one.owner for one in targets if isinstance(one, Scope)]
        return foreign and not any(one in line for one in owners)

    def _takes(
        self, target: Scope | ast.ClassDef, kind: Kind, node: ast.expr, call: ast.Call
    ) -> bool:
        """Whether a function takes the value as a parameter of its own."""
        inner = self._flow.scopes.entered_by(target)
        if inner is None or any(isinstance(one, ast.Starred) for one in call.args):
            return False
        if chooses_by_arguments(target, self._flow.scopes):
            return False
        if any(map(takes_all, inner.calls)) or (inner.makes and inner.makes.bases and self._keeps):
            return False
        names = (name for name, value in inner.arguments(call).items() if value is node)
        name = next(names, None)
        rest = inner.node.args.kwarg if inner.node else None
        if inner.node and rest and name is not None and name not in inner.named:
            return is_swallowed(name, inner, self._flow.scopes)
        is_lost = any(one.arg == name and one in self._flow.lost for one in inner.parameters)
        return name in inner.named and (is_lost or kind in self._flow.named(str(name), inner))


def _loads(nodes: Iterable[ast.AST]) -> Counter[str]:
    return Counter(
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )
