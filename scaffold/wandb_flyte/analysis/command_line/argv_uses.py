"""What becomes of `sys.argv` where no parser is seen to take it."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import PARSES, called_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import Function, parameters
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.noted import SHOWS

_DEEPEST = 3
_AROUND = (
    *(ast.BinOp, ast.FormattedValue, ast.GeneratorExp, ast.IfExp, ast.JoinedStr, ast.List),
    *(ast.ListComp, ast.Starred, ast.Subscript, ast.Tuple, ast.comprehension, ast.keyword),
)
# Calls that give the same words again, and those that make one text of them.
_SAME = frozenset({"copy", "list", "tuple"})
_JOINS = frozenset({"dumps", "format", "join", "pformat", "repr", "str"})
# What takes words out of a text again, or starts something with it.
_TAKES_APART = frozenset(
    {
        *("Popen", "call", "check_call", "check_output", "eval", "exec", "findall", "match"),
        *("popen", "run", "search", "split", "system"),
    }
)


def is_only_shown(argv: ast.AST, scope: Scope, flow: Flow) -> bool:
    """Whether the words are only printed, logged or joined, or go to a parser that is seen.

    Args:
        argv: `sys.argv`, where a program reads it.
        scope: The scope around it.
        flow: The program.
    """
    return _Uses(flow).are_shown(argv, scope)


class _Uses:
    """Follows the words to where they go."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._parents = flow.scopes.parents

    def are_shown(
        self, node: ast.AST, scope: Scope, depth: int = 0, *, joined: bool = False
    ) -> bool:
        """The same of an expression that is the words, or one text of them: `joined`."""
        parent = self._parents.get(id(node))
        while isinstance(parent, _AROUND) or self._makes_words(parent, node):
            if isinstance(parent, ast.Subscript) and parent.value is not node:
                return False
            joined |= isinstance(parent, ast.FormattedValue)
            joined |= isinstance(parent, ast.Call) and called_name(parent) in _JOINS
            node, parent = parent, self._parents.get(id(parent))  # type: ignore[assignment]
        if isinstance(parent, Function):
            return self._is_default(node, parent, depth)
        if isinstance(parent, ast.Call):
            return self._takes(parent, node, scope, depth, joined=joined)
        target = parent.targets[0] if isinstance(parent, ast.Assign) else None
        if isinstance(target, ast.Name):
            uses = scope.loads.get(target.id, ())
            return depth < _DEEPEST and all(
                self.are_shown(one, scope, depth + 1, joined=joined) for one in uses
            )
        kept = joined and (isinstance(parent, ast.Dict) or target is not None)
        return kept or isinstance(parent, ast.Expr)

    def _makes_words(self, parent: ast.AST | None, node: ast.AST) -> bool:
        """Whether a call gives the words that it is given, or one text of them."""
        is_given = isinstance(parent, ast.Call) and node in [*parent.args, *parent.keywords]
        return is_given and called_name(parent) in _SAME | _JOINS  # type: ignore[arg-type]

    def _takes(
        self, call: ast.Call, node: ast.AST, scope: Scope, depth: int, *, joined: bool
    ) -> bool:
        """Whether what a call gets goes nowhere else."""
        name = called_name(call)
        if call.func is node or name in _TAKES_APART:
            return False
        if name in SHOWS:
            return True
        base = self._flow.kinds(getattr(call.func, "value", None), scope)
        if any(kind.what == "parser" for kind in base):
            return name in PARSES
        targets = self._flow.scopes.resolve(call.func, scope)
        if depth >= _DEEPEST or not targets:
            return joined and not targets
        return all(self._passes(one, call, node, depth, joined=joined) for one in targets)

    def _passes(
        self,
        target: Scope | ast.ClassDef,
        call: ast.Call,
        node: ast.AST,
        depth: int,
        *,
        joined: bool,
    ) -> bool:
        """Whether a function does nothing else with a parameter either."""
        if not isinstance(target, Scope):
            return False
        value = node.value if isinstance(node, ast.keyword) else node
        names = [name for name, one in target.arguments(call).items() if one is value]
        rest = target.node.args.vararg if target.node is not None else None
        if not names and rest is not None and not isinstance(node, ast.keyword):
            names = [rest.arg]
        uses = [one for name in names for one in target.loads.get(name, ())]
        is_kept = any(target.binding(name) for name in names)
        return (
            bool(names)
            and not is_kept
            and all(self.are_shown(one, target, depth + 1, joined=joined) for one in uses)
        )

    def _is_default(self, node: ast.AST, function: Function, depth: int) -> bool:
        """The same of the words as a parameter's default: `def main(words=sys.argv[1:])`."""
        scope = self._flow.scopes.by_node.get(id(function))
        names = [arg.arg for arg, default in parameters(function) if default is node]
        if scope is None or not names or scope.binding(names[0]) or depth >= _DEEPEST:
            return False
        uses = scope.loads.get(names[0], ())
        return all(self.are_shown(one, scope, depth + 1) for one in uses)
