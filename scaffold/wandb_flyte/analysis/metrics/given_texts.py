"""The texts that a function's callers give for one of its parameters."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import cached_property

from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import named_by, parameters
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.looped import joined
from wandb_flyte.spec import dotted

Texts = Callable[[ast.expr, Scope, int], set[str] | None]
Calls = list[tuple[ast.Call, Scope]]

# Decorators that call a function with what they get.
_PLAIN = frozenset(
    {
        *("classmethod", "staticmethod", "rank_zero_only", "torch.enable_grad", "torch.no_grad"),
        "torch.inference_mode",
    }
)
# Classes of other packages that call few methods of their own accord, and those.
_BASES = frozenset({"ABC", "LightningModule", "Module", "object"})
_HOOKS = frozenset({"setup", "teardown"})
# How far a text is followed.
_DEEPEST = 6


class GivenTexts:
    """Reads them where every caller is seen.

    Args:
        flow: The program.
        texts: Reads the texts of an expression, as regular expressions.
    """

    def __init__(self, flow: Flow, texts: Texts) -> None:
        self._flow = flow
        self._texts = texts
        self._asked: set[tuple[int, str]] = set()

    def of(self, name: str, scope: Scope, depth: int) -> set[str] | None:
        """What a parameter may be; None where something unseen may give it."""
        place = (id(scope), name)
        if place in self._asked:
            return set()  # It calls itself: what else it is given is looked up already.
        calls = self._calls(scope) if depth <= _DEEPEST else None
        if not calls or scope.binding(name):
            return None
        self._asked.add(place)
        found = joined([self._given(name, scope, *call, depth) for call in calls])
        self._asked.discard(place)
        return found

    def _given(
        self, name: str, scope: Scope, call: ast.Call, place: Scope, depth: int
    ) -> set[str] | None:
        spread = any(isinstance(one, ast.Starred) for one in call.args)
        if spread or any(keyword.arg is None for keyword in call.keywords):
            return None
        value = scope.arguments(call).get(name)
        if value is not None:
            return self._texts(value, place, depth + 1)
        defaults = parameters(scope.node) if scope.node is not None else []
        default = next((one for arg, one in defaults if arg.arg == name), None)
        return self._texts(default, scope, depth + 1) if default is not None else None

    def _calls(self, scope: Scope) -> Calls | None:
        """Every call of a function; None where something unseen may call it."""
        node = scope.node
        if node is None or scope is self._flow.start:
            return None
        if any(dotted(one) not in _PLAIN for one in map(named_by, node.decorator_list)):
            return None
        if scope.owner is not None:
            is_own = all(self._is_quiet(base) for base in scope.owner.bases)
            if not node.name.startswith("_") and (not is_own or node.name in _HOOKS):
                return None
            return self._by_attribute.get(node.name)
        if any(self._is_renamed(node.name, one.imports) for one in self._flow.sources.modules):
            return None
        named = self._flow.scopes.names.get(node.name, [])
        found = [(self._call_of(one), inner) for one, inner in named]
        by_attribute = self._by_attribute.get(node.name, [])
        if by_attribute is None or any(call is None for call, _ in found):
            return None
        return [(call, inner) for call, inner in found if call is not None] + by_attribute

    def _is_quiet(self, base: ast.expr) -> bool:
        """Whether a base class calls no method of its own accord that is given texts."""
        last = dotted(base).rpartition(".")[2]
        return last in _BASES or last in self._flow.scopes.classes

    @staticmethod
    def _is_renamed(name: str, imports: Mapping[str, tuple[object, str]]) -> bool:
        return any(there == name and here != name for here, (_, there) in imports.items())

    @cached_property
    def _by_attribute(self) -> dict[str, Calls | None]:
        """The calls of what an object or a module has; None where it is handed on instead."""
        found: dict[str, Calls | None] = {}
        for scope in self._flow.scopes.reached:
            for node in scope.each(ast.Attribute):
                call = self._call_of(node)
                known = found.setdefault(node.attr, [])
                if call is None:
                    found[node.attr] = None
                elif known is not None:
                    known.append((call, scope))
        return found

    def _call_of(self, node: ast.AST) -> ast.Call | None:
        parent = self._flow.scopes.parents.get(id(node))
        return parent if isinstance(parent, ast.Call) and parent.func is node else None
