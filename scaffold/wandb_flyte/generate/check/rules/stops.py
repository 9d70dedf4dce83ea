"""Where the code stops by itself: names that are bound nowhere, values that no branch is for."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from wandb_flyte.analysis.command_line.interface import option_for
from wandb_flyte.analysis.config.starts import agent_calls
from wandb_flyte.analysis.source.kinds import literal
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import (
    binds,
    blocks,
    chain,
    is_decided,
    is_main_guard,
    leaves,
    place_in,
)
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.check.trial.case import Case, near
from wandb_flyte.generate.check.trial.swept import Swept
from wandb_flyte.generate.check.trial.switches import EVERY, Switches
from wandb_flyte.generate.names import show

from .bound_late import find_bound_late
from .left_unbound import leaves_unbound
from .members import find_missing_members
from .metric import RETURNED, is_returned
from .misfits import find_misfits
from .picked import check_picked
from .tables import is_taken, keys_of, unwrapped
from .torch_optimizers import find_refusals
from .undefined import (
    find_missing_modules,
    find_unbound,
    find_undefined,
    find_undefined_annotations,
)

_DEEPEST = 4


class _Asked(NamedTuple):
    """What some branches are for.

    Attributes:
        subject: What is compared in all of them.
        taken: What it is compared with: for anything else the program stops.
    """

    subject: ast.expr
    taken: tuple[Any, ...]


def check_stops(case: Case, switches: Switches) -> Iterator[Finding]:
    """Undefined names, calls that do not fit, and listed values that no branch, dict or assert has.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    undefined = find_undefined(case, switches)
    for name, (where, who) in undefined.items():
        what, hint = f"`{show(name)}` is defined nowhere", "Import it, or define it."
        severity = _severity(who)
        if _is_guarded_name(name, where[0], case):
            what, hint = f"`{show(name)}` is bound under the main guard alone", "Move it above."
            if _has_agent(where[0], case):
                who, severity = f"{who} of a project", "note"
        if name.startswith("."):
            what, hint = f"There is no module `{show(name)}`", "Add it, or import another."
        yield case.in_code(where, f"{what}: {who} stops here.", hint, "WF114", severity)
    for name, (where, is_first) in find_missing_modules(case, switches).items():
        message = f"There is no module `{show(name)}`: every trial stops here."
        severity = "error" if is_first else "warning"
        yield case.in_code(where, message, "Add it, or import another.", "WF114", severity)
    for name, where in find_undefined_annotations(case, switches).items():
        if name not in undefined:
            message = (
                f"`{show(name)}` is defined nowhere: before Python 3.14 every trial stops here."
            )
            hint = "Import it, or write the annotation as a text."
            yield case.in_code(where, message, hint, "WF114", "warning")
    for name, condition, where in find_unbound(case, switches):
        message = (
            f"`{show(name)}` is only bound where {condition}, in no trial: every one stops here."
        )
        yield case.in_code(where, message, "Bind it in the other case too.", "WF114", "error")
    for late in find_bound_late(case, switches):
        who = "every trial" if late.is_certain else f"each call of `{show(late.function)}`"
        message = f"`{show(late.name)}` is asked for before it is bound: {who} stops here."
        severity = "error" if late.is_certain else "warning"
        yield case.in_code(late.place, message, "Bind it first.", "WF114", severity)
    for one in find_missing_members(case, switches):
        message = f"`{show(one.owner)}` has no `{show(one.name)}`: {one.who} stops here."
        yield case.in_code(one.place, message, one.hint, "WF114", _severity(one.who))
    for call in find_misfits(case, switches):
        message = f"`{show(call.name)}` {call.reason}: {call.who} stops here."
        yield case.in_code(call.place, message, "Make the two fit.", "WF115", _severity(call.who))
    yield from _check_branches(case, switches)
    yield from check_picked(case, switches)
    yield from _check_optimizers(case, switches)


def _severity(who: str) -> Severity:
    return "error" if who == EVERY else "warning"


def in_project(findings: Iterable[Finding]) -> list[Finding]:
    """The same findings where a project's trials import the file: no agent of its own runs."""
    return [_imported(one) for one in findings if one.code != "WF118" and not is_returned(one)]


def _imported(finding: Finding) -> Finding:
    if finding.code in ("WF102", "WF114") and finding.severity == "note":
        return replace(finding, severity="error")
    return replace(finding, severity="note") if finding.hint == RETURNED else finding


def _is_guarded_name(name: str, file: Path, case: Case) -> bool:
    """Whether a module binds a name only where an import does not come to."""
    guards = (node for tree in _trees(file, case) for node in tree.body if is_main_guard(node))
    return any(binds(node, name) for one in guards for node in walk(one))


def _has_agent(file: Path, case: Case) -> bool:
    """Whether a file that is started starts agents itself, which call what stands in it."""
    return any(map(agent_calls, _trees(file, case)))


def _trees(file: Path, case: Case) -> list[ast.Module]:
    return [one.tree for one in case.program.flow.sources.modules if one.file == file]


def _check_branches(case: Case, switches: Switches) -> Iterator[Finding]:
    swept, flow = Swept(case), case.program.flow
    for scope in flow.scopes.reached:
        for node in scope.each(ast.Assert, ast.If, ast.Subscript):
            subject, change = unwrapped(_subject(node))
            values = swept.values(subject, scope)
            asked = _asked(node, scope, case, switches) if values else None
            if not values or asked is None or not swept.is_plain(subject, scope):
                continue
            path = next(iter(flow.kinds(subject, scope))).path
            option = option_for(case.program.interface, path[0])
            if option is not None and option.choices is not None:
                values = [one for one in values if one in option.choices]  # The others stop there.
            refused = [one for one in values if not is_taken(one, change, asked.taken)]
            if (
                refused
                and not switches.closed(node, scope)
                and not _is_guarded(path, node, scope, case)
                and not _is_one_of_many(node, scope, switches)
            ):
                place = (scope.module.file, node.lineno)
                severity: Severity = (
                    "error" if case.program.certain.is_certain(node, scope) else "warning"
                )
                yield _refused(case, ".".join(path), refused, asked, place, severity)


def _check_optimizers(case: Case, switches: Switches) -> Iterator[Finding]:
    for one in find_refusals(case, switches):
        name, lacks = f"`{show(one.name)}`", f"has no parameter `{show(one.lacks)}`"
        message = f"`torch.optim.{show(one.name)}` {lacks}: it would stop."
        hint = "Give it only to an optimizer that has it."
        if one.needs:
            message = f"`torch.optim.{show(one.name)}` needs `{one.needs}` here: it would stop."
            hint = f"Give it `{one.needs}`, or leave `nesterov` out."
        if one.path:
            what = f"which {lacks}" if one.lacks else "and `torch.optim` has no such class"
            message = f"`{show('.'.join(one.path))}` may be {name}, {what}: it would stop."
        if one.meant:
            hint = f"Did you mean `{one.meant}`?"
        who = switches.stopped(one.call, one.scope)
        if not who if not one.path else _is_guarded(one.path, one.call, one.scope, case):
            continue
        yield case.in_code(one.scope.place(one.call), message, hint, "WF115", _severity(who))


def _subject(node: ast.If | ast.Subscript | ast.Assert) -> ast.expr:
    """What decides between branches, or items: for an `if` as far as its first comparison says."""
    if isinstance(node, ast.Subscript):
        return node.slice
    test = node.test.values[0] if isinstance(node.test, ast.BoolOp) else node.test
    compared = _compared(test)
    return compared.subject if compared else test


def _is_guarded(
    path: tuple[str, ...], node: ast.AST, scope: Scope, case: Case, depth: int = 0
) -> bool:
    """Whether a hyperparameter itself may decide whether a place is reached, there or before."""
    flow, parents = case.program.flow, case.program.flow.scopes.parents

    def asks(test: ast.AST, inner: Scope) -> bool:
        return any(kind.path == path for part in walk(test) for kind in flow.kinds(part, inner))

    parent, links = parents.get(id(node)), chain(node)
    for inner in flow.scopes.reached if depth == 0 else ():
        for one in inner.each(ast.If):
            beside = inner is scope and parents.get(id(one)) is parent and isinstance(node, ast.If)
            beside = beside or id(one) in links
            if leaves(one) and not beside and asks(one.test, inner):
                return True
    while parent is not None:
        tests = (ast.If, ast.IfExp, ast.While)
        test = parent.test if isinstance(parent, tests) else parent
        if isinstance(parent, (*tests, ast.BoolOp)) and asks(test, scope):
            return True
        parent = parents.get(id(parent))
    return depth < _DEEPEST and any(
        _is_guarded(path, call, place, case, depth + 1) for call, place in flow.calls_of(scope)
    )


def _is_one_of_many(node: ast.AST, scope: Scope, switches: Switches) -> bool:
    """Whether a place stands in a case of branches that something unknown decides between."""
    parent = switches.parents.get(id(node))
    while parent is not None:
        if isinstance(parent, ast.If) and switches.known.truth(parent.test, scope) is UNKNOWN:
            above = switches.parents.get(id(parent))
            is_elif = isinstance(above, ast.If) and above.orelse == [parent]
            if is_elif or (len(parent.orelse) == 1 and isinstance(parent.orelse[0], ast.If)):
                return True
        parent = switches.parents.get(id(parent))
    return False


def _refused(
    case: Case,
    name: str,
    values: list[Any],
    asked: _Asked,
    place: tuple[Path, int],
    severity: Severity,
) -> Finding:
    value = str(values[0])
    message = f"`{show(name)}` may be `{show(value)}`, for which there is no branch: it would stop."
    other = near(value, [str(one) for one in asked.taken])
    known = ", ".join(f"`{show(str(one))}`" for one in asked.taken[:12])
    hint = f"Did you mean `{show(other)}`?" if other else f"It takes {known}."
    return case.in_code(place, message, hint, "WF106", severity)


def _asked(
    node: ast.If | ast.Subscript | ast.Assert, scope: Scope, case: Case, switches: Switches
) -> _Asked | None:
    """What a node asks for, when it is the first of such branches, or an item of such a dict."""
    if isinstance(node, ast.Assert):
        return _compared(node.test)
    if isinstance(node, ast.If):
        return _by_branches(node, scope, case, switches)
    return _by_dict(node, scope, case) if isinstance(node.ctx, ast.Load) else None


def _by_branches(node: ast.If, scope: Scope, case: Case, switches: Switches) -> _Asked | None:
    """`if x == "a": ... elif x == "b": ... else: raise`, or with a `return` in each.

    Also without the `else`, where what follows asks for a name that only those branches bind.
    """
    parents = case.program.flow.scopes.parents
    parent = parents.get(id(node), scope.node or scope.module.tree)
    if isinstance(parent, ast.If) and parent.orelse == [node]:
        return None  # Its first branch stands above.
    block = next((one for one in blocks(parent) if any(node is other for other in one)), [node])
    place = place_in(block, node)
    if any(isinstance(one, ast.If) and leaves(one) for one in block[:place]):
        return None  # Or the first ones do.
    found: list[_Asked | None] = []
    following = iter(block[place + 1 :])
    current: ast.stmt | None = node
    while isinstance(current, ast.If):
        asked = _compared(current.test)
        if asked is None:
            return None
        found.append(asked)
        if len(current.orelse) == 1 and isinstance(current.orelse[0], ast.If):
            current = current.orelse[0]
        elif current.orelse:
            return _joined(found) if _stops(current.orelse[-1]) else None
        elif not leaves(current):
            return _joined(found) if leaves_unbound(node, scope, case, switches) else None
        else:
            current = next(following, None)
    return _joined(found) if current is not None and _stops(current) else None


def _stops(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) or (
        isinstance(node, ast.Assert) and literal(node.test) in (False, 0)
    )


def _compared(test: ast.expr) -> _Asked | None:
    """What a condition compares with which values; None when it asks anything else."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return _joined([_compared(one) for one in test.values])
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    left, op, right = test.left, test.ops[0], test.comparators[0]
    if isinstance(op, ast.Eq | ast.Is):
        left, right = (right, left) if isinstance(left, ast.Constant) else (left, right)
        return _Asked(left, (right.value,)) if isinstance(right, ast.Constant) else None
    many = literal(right) if isinstance(op, ast.In) else None
    return _Asked(left, tuple(many)) if isinstance(many, list | tuple | set) else None


def _joined(found: Sequence[_Asked | None]) -> _Asked | None:
    """The same for several conditions, when they are about one thing."""
    asked = [one for one in found if one is not None]
    subjects = {ast.dump(one.subject) for one in asked}
    if len(asked) < len(found) or len(subjects) != 1:
        return None
    return _Asked(asked[0].subject, tuple(value for one in asked for value in one.taken))


def _by_dict(node: ast.Subscript, scope: Scope, case: Case) -> _Asked | None:
    """`{"a": ..., "b": ...}[x]`, where nothing looks first whether the key is there."""
    keys = keys_of(node.value, scope)
    if keys is None or is_decided(node, case.program.flow.scopes.parents):
        return None
    return _Asked(node.slice, keys)
