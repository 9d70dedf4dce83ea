"""Hyperparameters that the code reads, and makes nothing of."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.command_line.interface import option_for
from wandb_flyte.analysis.config.reads import Reads
from wandb_flyte.analysis.source.same_ways import same_ways
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.lightning import is_left_out
from wandb_flyte.analysis.tracing.noted import noted_under
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, shown
from wandb_flyte.generate.check.trial.hydra import is_plain_key
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show
from wandb_flyte.spec import Parameter

from .one_cycle import find_one_cycle
from .style import place, severity_of


def read_in_vain(case: Case, parameter: Parameter, switches: Switches) -> Iterator[Finding]:
    """A hyperparameter that the code reads only where no trial comes to."""
    program, name = case.program, show(parameter.name)
    dest = destination(case, parameter)
    holders = [program.config, program.merged, program.hydra]
    if program.function is None:  # What an agent calls gets no words of a command line.
        holders.append(program.args)
    parts = {keys for one in holders for keys in one.handed_on if 0 < len(keys) < len(dest)}
    unseen = any(keys == dest[: len(keys)] for keys in parts)
    unseen = unseen or bool(program.starts) or program.imports_by_name or not program.complete
    if overrides_hydra(case):
        unseen = unseen or not is_plain_key(parameter.path[0], switches.known.hydra_config)
    if unseen or any(_goes_out(case, one, dest[-1]) for one in holders):
        return
    places = [
        one
        for reads in holders
        for path in {dest, parameter.path}
        for keys, found in reads.places.items()
        if keys[: len(path)] == path
        for one in found
    ]
    ends = list(switches.ends(places))
    if places and not ends:
        message = f"`{name}` is only handed on: no code that gets it asks for it."
        if one := next(filter(None, (_same_ways(*place, case) for place in places)), None):
            message = f"{one} does the same for every value of `{name}`."
        hint = "Trials will not depend on it."
        yield case.in_sweep(place(parameter), message, hint, "WF101", severity_of(parameter))
    elif condition := switches.all_closed(ends):
        yield only_where(case, parameter, condition)
    elif (cycle := find_one_cycle(places, case)) is not None:
        file, line = cycle[1].place(cycle[0])
        message = f"`{name}` is only the optimizer's rate, and `OneCycleLR` sets that anew."
        hint = f"Give it as the `max_lr` there: {shown(file)}:{line}."
        yield case.in_sweep(place(parameter), message, hint, "WF101", severity_of(parameter))


def only_where(case: Case, parameter: Parameter, condition: str) -> Finding:
    """The finding about a hyperparameter that is only read behind a condition."""
    message = f"`{show(parameter.name)}` is only read where {condition}: in no trial."
    hint = "Trials will not depend on it."
    return case.in_sweep(place(parameter), message, hint, "WF101", severity_of(parameter))


def _same_ways(node: ast.expr, scope: Scope, case: Case) -> str:
    """The place of a choice that comes to the same whatever a value is; empty for none."""
    choice = same_ways(node, case.program.flow.scopes.parents)
    if choice is None:
        return ""
    file, line = scope.place(choice)
    return f"{shown(file)}:{line}"


def wholes(case: Case, reads: Reads, names: set[str]) -> list[tuple[ast.expr, Scope]]:
    """Where all of a config goes on, and may be asked for one of some keys."""
    scopes = case.program.flow.scopes
    return [
        (node, scope)
        for node, scope in reads.wholes
        if not all(is_left_out(name, node, scope, scopes) for name in names)
    ]


def destination(case: Case, parameter: Parameter) -> tuple[str, ...]:
    """Where the code finds a hyperparameter."""
    interface, name = case.program.interface, parameter.path[0]
    if overrides_hydra(case):
        return tuple(name.lstrip("+").split("."))
    option = option_for(interface, name) if case.command else None
    return (option.dest,) if option is not None else parameter.path


def overrides_hydra(case: Case) -> bool:
    """Whether hyperparameters reach the code as keys of its Hydra config."""
    passes = case.command is not None and bool(case.command.passes)
    return passes and case.program.interface.style == "hydra"


def _goes_out(case: Case, reads: Reads, name: str) -> bool:
    """Whether all of a config goes somewhere unseen where it may be asked for a key."""
    found = wholes(case, reads, {name})
    return any(noted_under(node, case.program.flow, scope) is None for node, scope in found)
