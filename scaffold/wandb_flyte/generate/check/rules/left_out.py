"""Options and arguments that no trial is given, where the program can't go on with None."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from wandb_flyte.analysis.command_line.interface import option_for
from wandb_flyte.analysis.source.kinds import Kind, full_name, given
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import is_none, parameters
from wandb_flyte.analysis.tracing.config_defaults import find_defaults
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show

# What refuses None, wherever it is given.
_REFUSE = frozenset(
    {
        *("float", "int", "iter", "len", "list", "open", "range", "set", "sorted", "sum", "tuple"),
        *("io.open", "json.loads", "os.chdir", "os.makedirs", "os.mkdir", "os.path.abspath"),
        *("os.path.basename", "os.path.dirname", "os.path.exists", "os.path.expanduser"),
        *("os.path.isdir", "os.path.isfile", "os.path.join", "os.path.realpath"),
        *("numpy.load", "numpy.loadtxt", "pandas.read_csv", "pathlib.Path", "torch.load"),
        *("torch.manual_seed",),
    }
)
_ORDER = (ast.Gt, ast.GtE, ast.Lt, ast.LtE)
_LONGEST = 60

_COMPREHENSIONS = (ast.DictComp, ast.GeneratorExp, ast.ListComp, ast.SetComp)

# The expressions and statements that `_needed_by` knows.
_NEED = (
    *(ast.Attribute, ast.BinOp, ast.Call, ast.Compare, ast.For, ast.FormattedValue, ast.Starred),
    *(ast.Subscript, *_COMPREHENSIONS),
)


def check_left_out(case: Case, switches: Switches) -> Iterator[Finding]:
    """Options without a default that neither sweep nor command gives, each where it is needed.

    Args:
        case: The sweep and its code.
        switches: What is known of the values.
    """
    program, told = case.program, set[str]()
    options = (one for one in program.interface.options if one.dest not in case.sweep.names)
    defaults = (value for value, _ in find_defaults(program.flow).values())
    if all(one.left_out is not None for one in options) and not any(map(is_none, defaults)):
        return
    for scope in program.flow.scopes.reached:
        for node in scope.each(*_NEED):
            for one in _needed_by(node, scope):
                name = _argument(one, scope, case)
                if (
                    name
                    and name not in told
                    and switches.known.value(one, scope) is None
                    and switches.reached(node, scope)
                    and not switches.closed(node, scope)
                ):
                    told.add(name)
                    yield _not_given(name, node, scope, case)


def check_none_given(case: Case, switches: Switches) -> Iterator[Finding]:
    """Parameters of functions that default to None, and that no call gives, where they are needed.

    Args:
        case: The sweep and its code.
        switches: What is known of the values.
    """
    for scope in case.program.flow.scopes.reached:
        free = _left_free(scope)
        for node in scope.each(*_NEED) if free else ():
            for one in _needed_by(node, scope):
                name = one.id if isinstance(one, ast.Name) else ""
                if (
                    name in free
                    and not case.program.flow.kinds(one, scope)
                    and switches.known.value(one, scope) is None
                    and switches.reached(node, scope)
                    and not switches.closed(node, scope)
                ):
                    free.discard(name)
                    yield _never_given(name, node, scope, case)


def _left_free(scope: Scope) -> set[str]:
    """The parameters of a function that are None in a call that does not give them."""
    takes = parameters(scope.node) if scope.node is not None else ()
    return {arg.arg for arg, default in takes if is_none(default)}


def _needed_by(node: ast.AST, scope: Scope) -> list[ast.expr]:
    """What an expression or statement can't be done with when it is None."""
    if isinstance(node, ast.BinOp):
        words = isinstance(node.op, ast.Mod | ast.BitOr)  # `"%s" % None` is a text.
        return [] if words else [node.left, node.right]
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators] if isinstance(node.ops[0], _ORDER) else []
    if isinstance(node, ast.Call):
        return given(node) if full_name(node.func, scope.module.outside) in _REFUSE else []
    if isinstance(node, ast.For):
        return [node.iter]
    if isinstance(node, _COMPREHENSIONS):
        return [node.generators[0].iter]  # The others wait for what this one gives.
    if isinstance(node, ast.FormattedValue):
        return [node.value] if node.format_spec and node.conversion == -1 else []
    if isinstance(node, ast.Starred | ast.Subscript) and isinstance(node.ctx, ast.Load):
        return [node.value]
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        return [node.value]
    return []


def _argument(node: ast.expr, scope: Scope, case: Case) -> str:
    """The option that an expression is the value of, as the parser has stored it."""
    flow = case.program.flow
    is_name = isinstance(node, ast.Name)
    base = {Kind("args")} if is_name else flow.kinds(getattr(node, "value", None), scope)
    kinds = flow.kinds(node, scope)
    path = next((kind.path for kind in kinds), ())
    parts = {Kind("args", path), Kind("config", path)}
    if len(path) != 1 or kinds - parts or not base or base - {Kind("args"), Kind("config")}:
        return ""
    return "" if path[0] in case.sweep.names else path[0]


def _not_given(name: str, node: ast.AST, scope: Scope, case: Case) -> Finding:
    option = option_for(case.program.interface, name)
    flag = max(option.names, key=len) if option is not None else name
    message = f"`{show(flag)}` is given nowhere: {_stop(node)}."
    hint = "Add it to the sweep's parameters or to the command, or give it a default."
    return case.in_code(_place(node, scope), message, hint, "WF206", "error")


def _never_given(name: str, node: ast.AST, scope: Scope, case: Case) -> Finding:
    function = getattr(scope.node, "name", "")
    message = f"No call gives `{show(function)}` its `{show(name)}`: {_stop(node)}."
    hint = "Give it in the call, or look first whether it is None."
    return case.in_code(_place(node, scope), message, hint, "WF115", "error")


def _stop(node: ast.AST) -> str:
    """Where every trial stops."""
    written = ast.unparse(node.iter if isinstance(node, ast.For) else node)
    written = written if len(written) <= _LONGEST else f"{written[: _LONGEST - 3]}..."
    return f"`{show(written)}` stops every trial with None"


def _place(node: ast.AST, scope: Scope) -> tuple[Path, int]:
    return (scope.module.file, getattr(node, "lineno", 1))
