"""Whether the sweep gives what the code reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wandb_flyte.errors import Finding
from wandb_flyte.generate.names import show
from wandb_flyte.spec import python_name

from .case import Case, all_names, near
from .kinds import called_name
from .program import Program
from .switches import Switches

# W&B reads it into the config of every run that is opened beside it.
DEFAULTS_FILE = "config-defaults.yaml"


def check_needs(case: Case, switches: Switches) -> Iterator[Finding]:
    """Keys that every run reads, and that neither the sweep nor the code supplies.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    config = case.program.config
    if case.command is not None:
        yield from _unknown_arguments(case, switches)
    if any((folder / DEFAULTS_FILE).is_file() for folder in _folders(case)):
        return
    if config.supplies_unseen or case.program.merged.supplies_unseen:
        return
    names = all_names(case.document)
    if names is None:
        return
    # Of a parameter that can't be read nothing but its name is known.
    supplied = set(config.supplies) | (set(names) - {p.path[0] for p in case.sweep.parameters})
    if config.supplies_args or case.program.merged.supplies_args:
        known = _known_arguments(case.program)
        if known is None:
            return
        supplied |= known
    for call in case.program.handed:
        for name in sorted(call.needs - supplied - {p.path[0] for p in case.sweep.parameters}):
            message = f"`{show(call.name)}` needs `{show(name)}`, which the sweep does not give."
            hint = "Add it to the sweep's parameters, or give it a default."
            yield case.in_code(call.place, message, hint, "WF104", "error")
    given = {parameter.path[:n] for parameter in case.sweep.parameters for n in range(1, 9)}
    if case.program.function is not None:
        given |= {as_fields(keys) for keys in given}
    told: set[str] = set()
    for keys, (node, scope) in config.needs.items():
        top = keys[0]
        if top in supplied or top in told or keys in given or _is_value(case, keys):
            continue
        if not switches.sure(node, scope):
            continue
        told.add(top)
        name = ".".join(keys)
        flat = [n for n in case.sweep.names if n == name or n.startswith(f"{name}.")]
        if flat:
            continue  # Told where the parameter stands.
        what = "objective" if case.program.function is not None else "program"
        other = near(name, case.sweep.names)
        message = f"The {what} reads `{show(name)}`, which the sweep does not give."
        hint = f"The sweep has `{show(other)}`." if other else "Add it to the sweep's parameters."
        yield case.in_code(scope.place(node), message, hint, "WF102", "error")


def _unknown_arguments(case: Case, switches: Switches) -> Iterator[Finding]:
    """Attributes that every run asks the parsed arguments for, and that no option gives."""
    program = case.program
    known = _known_arguments(program)
    if known is None or not program.complete:
        return
    calls = {called_name(call) for scope in program.flow.scopes.reached for call in scope.calls}
    if calls & {"add_subparsers", "set_defaults", "setattr"}:
        return
    told: set[str] = set()
    for keys, (node, scope) in program.args.needs.items():
        name = keys[0]
        if name in known or name in told or name.startswith("_") or not switches.sure(node, scope):
            continue
        told.add(name)
        message = f"The parsed arguments have no `{show(name)}`: no option gives it."
        other = near(name, known)
        hint = f"Did you mean `{show(other)}`?" if other else "Add an option for it."
        yield case.in_code(scope.place(node), message, hint, "WF102", "error")


def _known_arguments(program: Program) -> set[str] | None:
    """The names that the parsed arguments have; None when there may be others."""
    interface, args = program.interface, program.args
    if interface.style != "argparse" or interface.open or args.supplies_unseen or args.extended:
        return None
    return {option.dest for option in interface.options} | args.supplies


def as_fields(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of a hyperparameter in a dataclass, which has Python's names."""
    return tuple(python_name(key) for key in keys)


def _folders(case: Case) -> tuple[Path, ...]:
    """Where a program may be started."""
    return (Path.cwd(), case.document.path.absolute().parent, case.program.file.parent)


def _is_value(case: Case, keys: tuple[str, ...]) -> bool:
    """Whether a key lies inside the value of a parameter: that value may be a mapping."""
    return any(keys[:size] in _paths(case) for size in range(1, len(keys)))


def _paths(case: Case) -> set[tuple[str, ...]]:
    return {parameter.path for parameter in case.sweep.parameters}
