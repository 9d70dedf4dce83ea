"""Where no run is open yet: `wandb.run` is None there in every trial."""

from __future__ import annotations

import ast
from functools import cached_property

from wandb_flyte.analysis.source.kinds import Kind
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import is_none, walk

from .case import Case

Place = tuple[ast.AST, Scope]

# What may come to its parts later, or more than once.
_AGAIN = (
    *(ast.AsyncFor, ast.DictComp, ast.For, ast.GeneratorExp, ast.Lambda, ast.ListComp),
    *(ast.SetComp, ast.While),
)
_DEEPEST = 8


class RunOrder:
    """Tells where a script comes to before it opens its run.

    Args:
        case: The sweep and its code.
    """

    def __init__(self, case: Case) -> None:
        self._program = case.program
        self._flow = case.program.flow
        self._scopes = case.program.flow.scopes
        self._is_script = case.command is not None and case.program.function is None

    def compared(self, node: ast.Compare, scope: Scope) -> ast.expr | None:
        """What `wandb.run is None` gives where no run is open yet; None for anything else."""
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Is | ast.IsNot):
            return None
        asked = node.left
        if not isinstance(asked, ast.Attribute) or asked.attr != "run":
            return None
        if not is_none(node.comparators[0]) or not self._is_wandb(asked.value, scope):
            return None
        is_before = self._is_known and self._is_before_all(node, scope)
        return ast.Constant(isinstance(node.ops[0], ast.Is)) if is_before else None

    def _is_wandb(self, node: ast.expr, scope: Scope) -> bool:
        return self._flow.kinds(node, scope) == {Kind("wandb")}

    @cached_property
    def _is_known(self) -> bool:
        """Whether the source shows every place where a run is opened."""
        program = self._program
        unseen = program.imports_by_name or program.logs.opens_by_others or not program.complete
        opens, others = self._flow.openings
        return self._is_script and bool(opens) and not (unseen or others or self._scopes.runs_text)

    def _is_before_all(self, node: ast.AST, scope: Scope) -> bool:
        chain = self._chain(node, scope)
        opens = self._flow.openings[0]
        return bool(chain) and all(self._is_after(*one, chain, 0) for one in opens)

    def _chain(self, node: ast.AST, scope: Scope) -> dict[int, ast.AST]:
        """The only way to a place, which a run takes once.

        Returns:
            The call in each scope, by its id, up to the script's own; none where there may be more.
        """
        chain: dict[int, ast.AST] = {}
        while id(scope) not in chain:
            if any(isinstance(one, _AGAIN) for one in self._scopes.outwards(node)):
                return {}
            chain[id(scope)] = node
            if scope.node is None:
                return chain if scope.module is self._flow.sources.entry else {}
            mentions = self._mentions.get(scope.node.name, []) if scope.owner is None else []
            outer = self._scopes.parents.get(id(mentions[0][0])) if len(mentions) == 1 else None
            if not isinstance(outer, ast.Call) or outer.func is not mentions[0][0]:
                return {}
            node, scope = outer, mentions[0][1]
        return {}

    def _is_after(self, node: ast.AST, scope: Scope, chain: dict[int, ast.AST], depth: int) -> bool:
        """Whether a run comes to a place only behind the chain's."""
        if (before := chain.get(id(scope))) is not None:
            return _end(before) <= _start(node)
        if scope.node is None or depth > _DEEPEST:
            return False
        owner = scope.within
        named = [owner.name] if owner is not None else [scope.node.name]
        looked_up = any(one in (owner, scope.node) for one in self._scopes.made.definitions)
        mentions = [one for name in named for one in self._mentions.get(name, [])]
        if looked_up or not mentions:
            return False
        return all(self._is_after(*one, chain, depth + 1) for one in mentions)

    @cached_property
    def _mentions(self) -> dict[str, list[Place]]:
        """Where the code asks for each name, in whatever way; annotations apart."""
        found: dict[str, list[Place]] = {}
        hidden = {id(part) for scope in self._scopes.everywhere for part in _annotations(scope)}
        for scope in self._scopes.everywhere:
            for node in scope.each(ast.Attribute, ast.Name):
                if isinstance(node, ast.Name | ast.Attribute) and id(node) not in hidden:
                    name = node.id if isinstance(node, ast.Name) else node.attr
                    found.setdefault(name, []).append((node, scope))
        return found


def _annotations(scope: Scope) -> list[ast.AST]:
    """The parts of what only says of which type something is."""
    annotations = [one.annotation for one in scope.each(ast.AnnAssign, ast.arg)]
    annotations += [one.returns for one in scope.each(ast.FunctionDef, ast.AsyncFunctionDef)]
    return [part for one in annotations if one is not None for part in walk(one)]


def _start(node: ast.AST) -> tuple[int, int]:
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))


def _end(node: ast.AST) -> tuple[int, int]:
    return (getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0))
