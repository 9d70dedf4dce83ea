"""Options that a program declares twice, which argparse refuses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.source.kinds import called_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, shown
from wandb_flyte.generate.names import show


def check_declared_twice(case: Case) -> Iterator[Finding]:
    """`parser.add_argument("--lr")` and, in the same lines, the same once more.

    Args:
        case: The sweep and its code.
    """
    flow, certain = case.program.flow, case.program.certain
    if case.program.interface.style != "argparse" or _resolves(flow.scopes.reached):
        return
    for scope in flow.scopes.reached:
        first: dict[tuple[str, str], ast.Call] = {}
        for call in scope.calls:
            if called_name(call) != "add_argument" or not certain.is_certain(call, scope):
                continue
            parser = getattr(call.func, "value", None)
            is_one = isinstance(parser, ast.Name) and len(scope.binding(parser.id)) <= 1
            kinds = flow.kinds(parser, scope) if is_one else ()
            if not isinstance(parser, ast.Name) or "parser" not in {kind.what for kind in kinds}:
                continue
            names = [name for one in call.args if (name := text(one)) and name.startswith("-")]
            for name in names:
                known = first.setdefault((parser.id, name), call)
                if known is not call:
                    yield _twice(case, name, call, known, scope)


def _twice(case: Case, name: str, call: ast.Call, known: ast.Call, scope: Scope) -> Finding:
    where = f"{shown(scope.module.file)}:{known.lineno}"
    message = f"`{show(name)}` is declared in {where} too: argparse stops every trial."
    return case.in_code(scope.place(call), message, "Keep one of the two.", "WF115", "error")


def _resolves(scopes: list[Scope]) -> bool:
    """Whether some parser says what to do with options of one name."""
    return any(one.arg == "conflict_handler" for scope in scopes for one in scope.each(ast.keyword))
