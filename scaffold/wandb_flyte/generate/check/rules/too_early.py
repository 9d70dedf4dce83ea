"""Arguments that are only read before the trial's values are put into them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.config.reads import Place
from wandb_flyte.analysis.metrics.log_keys import fits
from wandb_flyte.analysis.source.kinds import Kind, given, is_name, loop_targets, owner, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.generate.check.trial.case import Case

_REPEATS = (ast.For, ast.While, ast.Lambda, ast.comprehension)
_HOLDERS = ("merged", "args")


def read_too_early(case: Case, path: tuple[str, ...]) -> Place | None:
    """Where the trial's values come into the arguments, if a hyperparameter is only read before.

    Only in the plain order of one function's statements.

    Args:
        case: The sweep and its code.
        path: The hyperparameter's keys.

    Returns:
        The place; None where it may be read later, or come in on the command line.
    """
    program, name = case.program, path[0]
    holders = [getattr(program, what) for what in (*_HOLDERS, "config")]
    if len(path) > 1 or (case.command is not None and case.command.passes):
        return None
    if any(() in one.handed_on or path in one.handed_on for one in holders) or program.starts:
        return None
    if any(fits(made, name) for one in holders for made in one.made) or not program.complete:
        return None
    places = {id(node): (node, s) for one in holders for node, s in one.places.get(path, [])}
    if not places or any(path in one.keys and path not in one.places for one in holders):
        return None
    if any(keys[0] == name and keys != path for one in holders for keys in one.keys):
        return None
    nodes, scopes = [node for node, _ in places.values()], [s for _, s in places.values()]
    if any(scope is not scopes[0] for scope in scopes) or _is_named_elsewhere(name, places, case):
        return None
    for merge, target in _merges(scopes[0], program.flow):
        if all(_is_before(node, merge, target, program.flow) for node in nodes):
            return (scopes[0].module.file, getattr(merge, "lineno", 1))
    return None


def _merges(scope: Scope, flow: Flow) -> Iterator[tuple[ast.AST, str]]:
    """Where a scope puts the whole config into something by a name of its own."""
    whole = frozenset({Kind("config")})
    for node in scope.nodes:
        targets: list[ast.expr] = []
        if isinstance(node, ast.For) and flow.kinds(node.iter, scope) == whole:
            targets = loop_targets(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_update = node.func.attr == "update"
            if is_update and any(flow.kinds(one, scope) == whole for one in given(node)):
                targets = [owner(node.func.value)]
        for target in targets:
            if isinstance(target, ast.Name) and not _repeats(node, flow):
                yield node, target.id


def _is_before(node: ast.expr, merge: ast.AST, target: str, flow: Flow) -> bool:
    """Whether something is read of a name, once and before the config comes into it."""
    is_part = isinstance(node, ast.Attribute | ast.Subscript) and is_name(node.value, target)
    return is_part and node.lineno < getattr(merge, "lineno", 0) and not _repeats(node, flow)


def _repeats(node: ast.AST, flow: Flow) -> bool:
    """Whether a place may be come to more than once in one call of its function."""
    return any(isinstance(outer, _REPEATS) for outer in flow.scopes.outwards(node))


def _is_named_elsewhere(name: str, places: dict[int, tuple[ast.expr, Scope]], case: Case) -> bool:
    """Whether any other code that runs has a word for it."""
    for scope in case.program.flow.scopes.reached:
        if scope.node is not None and name in {arg.arg for arg in scope.parameters}:
            return True
        for node in scope.nodes:
            if id(node) in places or isinstance(getattr(node, "ctx", None), ast.Store):
                continue
            if isinstance(node, ast.Attribute | ast.Name | ast.Constant):
                found = getattr(node, "attr", None) or getattr(node, "id", None) or text(node)
                if found == name:
                    return True
    return False
