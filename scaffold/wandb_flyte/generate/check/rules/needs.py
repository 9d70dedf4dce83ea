"""Whether the sweep gives what the code reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.config.reads import Keys, Reads
from wandb_flyte.analysis.metrics.log_keys import fits
from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.kinds import called_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.check.trial.case import Case, near
from wandb_flyte.generate.check.trial.config_keys import as_fields, known_arguments, supplied_names
from wandb_flyte.generate.check.trial.own_sweep import added_parameters
from wandb_flyte.generate.check.trial.switches import EVERY, Switches
from wandb_flyte.generate.check.trial.values import listed
from wandb_flyte.generate.names import show
from wandb_flyte.spec import Distribution

from .split_keys import check_split


def check_needs(case: Case, switches: Switches) -> Iterator[Finding]:
    """Keys that every run reads, and that neither the sweep nor the code supplies.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    config = case.program.config
    if case.command is not None:
        yield from _unknown_arguments(case, switches)
    yield from check_split(case, switches)
    yield from _parts_of_plain(case, switches)
    supplied = supplied_names(case)
    if supplied is None:
        return
    paths = {parameter.path for parameter in case.sweep.parameters}
    tops = {path[0] for path in paths}
    for call in case.program.handed:
        for name in sorted(call.needs - supplied - tops):
            message = f"`{show(call.name)}` needs `{show(name)}`, which the sweep does not give."
            hint = "Add it to the sweep's parameters, or give it a default."
            yield case.in_code(call.place, message, hint, "WF104", "error")
    given = {path[:n] for path in paths for n in range(1, 9)}
    if case.program.function is not None:
        given |= {as_fields(keys) for keys in given}
    yield from _made_keys(case, supplied | tops, switches)
    told: set[str] = set()
    for keys, place, every in _needed(config):
        top = keys[0]
        if top in supplied or top in told or keys in given or top.startswith("_"):
            continue  # Or it is wandb's own.
        if any(keys[:size] in paths for size in range(1, len(keys))):
            continue  # It lies inside the value of a parameter, which may be a mapping.
        if not (whose := _whose(place, every, switches)):
            continue
        told.add(top)
        name = ".".join(keys)
        flat = [n for n in case.sweep.names if n == name or n.startswith(f"{name}.")]
        if flat:
            continue  # Told where the parameter stands.
        what = "objective" if case.program.function is not None else "program"
        other = near(name, case.sweep.names)
        message = f"The {what} reads `{show(name)}`, which the sweep does not give."
        if whose != EVERY:
            message = f"{message[:-1]}: {whose} stops here."
        hint = f"The sweep has `{show(other)}`." if other else "Add it to the sweep's parameters."
        severity: Severity = "error" if whose == EVERY else "warning"
        # The program's own sweep has it, and a project's has not.
        is_added = top in added_parameters(case.program.flow.sources.entry.tree)
        severity = "note" if is_added else severity
        yield case.in_code(place[1].place(place[0]), message, hint, "WF102", severity)


def _needed(reads: Reads) -> Iterator[tuple[Keys, tuple[ast.expr, Scope], bool]]:
    """What is read without a default, each with whether every run comes to it, but for `return`."""
    yield from ((keys, place, True) for keys, place in reads.needs.items())
    yield from ((keys, place, False) for keys, many in reads.asked.items() for place in many)


def _whose(place: tuple[ast.expr, Scope], every: bool, switches: Switches) -> str:
    """The trials that surely come to a place, in words; empty for none."""
    if every:
        return EVERY if switches.sure(*place) else ""
    return switches.stopped(*place)


def _made_keys(case: Case, names: set[str], switches: Switches) -> Iterator[Finding]:
    """`config[f"units_{i}"]`, where no key is called so."""
    for made, places in case.program.config.made.items():
        if any(fits(made, name) for name in names):
            continue
        for node, scope in places:
            if whose := switches.stopped(node, scope):
                written = show(ast.unparse(node))
                message = (
                    f"`{written}` asks for keys that the sweep has none of: {whose} stops here."
                )
                hint = "Add them to the sweep's parameters, or read what it has."
                yield case.in_code(scope.place(node), message, hint, "WF102", "warning")
                break


def _parts_of_plain(case: Case, switches: Switches) -> Iterator[Finding]:
    """`config.lr["min"]`: a part of what is a plain number or text in every trial."""
    config = case.program.config
    plain = {p.path for p in case.sweep.parameters if _is_plain(p.distribution)}
    told: set[str] = set()
    for keys, (node, scope), every in _needed(config):
        inside = [keys[:size] for size in range(1, len(keys)) if keys[:size] in plain]
        if not inside or keys[0] in told or any(keys[: len(s)] == s for s in config.stored):
            continue
        if not isinstance(node, ast.Subscript):
            continue
        if not (whose := _whose((node, scope), every, switches)):
            continue
        told.add(keys[0])
        name, part = show(".".join(inside[0])), show(keys[len(inside[0])])
        who = "it would stop" if whose == EVERY else f"{whose} stops here"
        message = f"`{name}` is one plain value in a trial, and has no `{part}`: {who}."
        hint = f"Use the value itself, or give `{name}` `parameters` of its own."
        severity: Severity = "error" if whose == EVERY else "warning"
        yield case.in_code(scope.place(node), message, hint, "WF102", severity)


def _is_plain(distribution: Distribution) -> bool:
    """Whether each value is a number, a text or a boolean."""
    values = listed(distribution)
    return values is None or not any(isinstance(value, dict | list) for value in values)


def _may_add(call: ast.Call, scope: Scope, program: Program) -> bool:
    """Whether a call gives the parsed arguments attributes that no option has, as far as seen."""
    if called_name(call) != "setattr" or not call.args:
        return called_name(call) in ("add_subparsers", "set_defaults")
    # What an object keeps, or a call gives, is not the arguments where nothing shows it to be.
    is_made = not isinstance(call.args[0], ast.Name)
    return not is_made or bool(program.flow.kinds(call.args[0], scope))


def _unknown_arguments(case: Case, switches: Switches) -> Iterator[Finding]:
    """Attributes that every run asks the parsed arguments for, and that no option gives."""
    program = case.program
    known = known_arguments(program)
    if known is None or not program.complete:
        return
    calls = ((call, scope) for scope in program.flow.scopes.reached for call in scope.calls)
    if any(_may_add(call, scope, program) for call, scope in calls):
        return
    told: set[str] = set()
    for keys, place, every in _needed(program.args):
        name = keys[0]
        if name in known or name in told or name.startswith("_"):
            continue
        if not (whose := _whose(place, every, switches)):
            continue
        told.add(name)
        message = f"The parsed arguments have no `{show(name)}`: no option gives it."
        other = near(name, known)
        hint = f"Did you mean `{show(other)}`?" if other else "Add an option for it."
        severity: Severity = "error" if whose == EVERY else "warning"
        yield case.in_code(place[1].place(place[0]), message, hint, "WF102", severity)
