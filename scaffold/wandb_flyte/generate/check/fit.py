"""Whether the code reads what the sweep gives, and the sweep gives what the code reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.names import show
from wandb_flyte.spec import Parameter, python_name

from .case import Case, near, shown
from .flags import not_passed
from .interface import option_for
from .noted import is_parameter
from .style import is_fixed, place

# W&B reads it into the config of every run that is opened beside it.
DEFAULTS_FILE = "config-defaults.yaml"


def check_unread(case: Case) -> Iterator[Finding]:
    """Parameters that change nothing, because nothing reads them, or that stop the program."""
    told = set(not_passed(case))
    for parameter in case.sweep.parameters:
        if parameter.path[0] in told:
            continue
        if refused := _refused(case, parameter):
            told.add(parameter.path[0])
            yield refused
            continue
        if _is_read(case, parameter):
            continue
        if nested := _read_otherwise(case, parameter):
            yield nested
            continue
        if case.program.starts:
            continue
        name = parameter.name
        known = {".".join(keys) for keys in _read_keys(case)} - set(case.sweep.names)
        other = near(name, known)
        file = case.program.file.name
        message = f"Nothing in `{show(file)}` reads `{show(name)}`."
        if _is_noted(case, parameter):
            message = f"`{show(file)}` only prints `{show(name)}` or notes it in the run's config."
        hint = f"Did you mean `{show(other)}`?" if other else "Trials will not depend on it."
        if case.program.rebound is not None:
            where = f"{shown(case.program.rebound[0])}:{case.program.rebound[1]}"
            hint = f"{where} binds `wandb.config` to values of its own: use `wandb.config.update`."
        # A constant may be there to be seen beside the run.
        severity: Severity = "note" if is_fixed(parameter) else "warning"
        yield case.in_sweep(place(parameter), message, hint, "WF101", severity)


def check_needs(case: Case) -> Iterator[Finding]:
    """Keys that every run reads, and that neither the sweep nor the code supplies."""
    config = case.program.config
    if any((folder / DEFAULTS_FILE).is_file() for folder in _folders(case)):
        return
    if not case.whole or config.supplies_unseen or case.program.merged.supplies_unseen:
        return
    for call in case.program.handed:
        for name in sorted(
            call.needs - config.supplies - {p.path[0] for p in case.sweep.parameters}
        ):
            message = f"`{show(call.name)}` needs `{show(name)}`, which the sweep does not give."
            hint = "Add it to the sweep's parameters, or give it a default."
            yield case.in_code(call.place, message, hint, "WF104", "error")
    given = {parameter.path[:n] for parameter in case.sweep.parameters for n in range(1, 9)}
    if case.program.function is not None:
        given |= {_as_fields(keys) for keys in given}
    told: set[str] = set()
    for keys, where in config.needs.items():
        top = keys[0]
        if top in config.supplies or top in told or keys in given or _is_value(case, keys):
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
        yield case.in_code(where, message, hint, "WF102", "error")


def _as_fields(keys: tuple[str, ...]) -> tuple[str, ...]:
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


def _is_read(case: Case, parameter: Parameter) -> bool:
    program, path = case.program, parameter.path
    if program.config.may_read(path) or program.merged.may_read(path):
        return True
    if program.function is not None and program.config.may_read(_as_fields(path)):
        return True
    if case.command is None:
        return False
    if program.hydra.used or program.interface.style == "hydra":
        return True
    if not case.command.passes and not program.interface.open:
        return False
    if program.interface.open or program.interface.style == "unknown":
        return True
    option = option_for(program.interface, path[0], case.command.words)
    if option is None:
        # The command line refuses it, which is told elsewhere, or lets it pass.
        return program.interface.style in ("argparse", "click", "typer", "tyro") and not (
            program.interface.ignores_unknown
        )
    if program.interface.style in ("click", "typer") and not is_parameter(option, program.flow):
        return True
    keys = tuple(option.dest.split(".")) if program.interface.style == "tyro" else (option.dest,)
    return program.args.may_read(keys) or not program.args.used


def _is_noted(case: Case, parameter: Parameter) -> bool:
    program, path = case.program, parameter.path
    option = option_for(program.interface, path[0])
    dest = (option.dest,) if option is not None else path
    noted = (program.config.noted, program.merged.noted, program.args.noted)
    return any(path in one or dest in one for one in noted)


def _refused(case: Case, parameter: Parameter) -> Finding | None:
    """A parameter that reaches a call which has no such argument, and stops there."""
    name = parameter.path[0]
    for call in case.program.handed:
        if name in call.takes:
            continue
        other = near(name, call.takes - set(case.sweep.names))
        where = f"{shown(call.place[0])}:{call.place[1]}"
        message = (
            f"`{show(call.name)}` in {where} is given the whole config, and has no `{show(name)}`."
        )
        hint = f"Did you mean `{show(other)}`?" if other else "Add it there, or take it out here."
        return case.in_sweep(("parameters", name), message, hint, "WF103", "error")
    return None


def _read_keys(case: Case) -> list[tuple[str, ...]]:
    program = case.program
    return [*program.config.keys, *program.merged.keys]


def _read_otherwise(case: Case, parameter: Parameter) -> Finding | None:
    """A dotted name that is read as a nested config, or the other way round."""
    name, program = parameter.name, case.program
    if len(parameter.path) == 1 and "." in name:
        nested = tuple(name.split("."))
        if not (program.config.may_read(nested) or program.merged.may_read(nested)):
            return None
        keys = "".join(f'["{show(key)}"]' for key in nested)
        message = f"`{show(name)}` is one key with a dot in it, and the code reads `config{keys}`."
        hint = "Nest it: `" + ": {parameters: {".join(nested) + ": ...}}`."
        hint += f' Or read `config["{show(name)}"]`.'
    else:
        if not (program.config.may_read((name,)) or program.merged.may_read((name,))):
            return None
        message = f'The code reads `config["{show(name)}"]`, and the sweep nests it.'
        hint = f"Write `{show(name)}:` directly under `parameters`, or read the nested keys."
    return case.in_sweep(place(parameter), message, hint, "WF107", "error")
