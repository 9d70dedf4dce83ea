"""Whether the code reads what the sweep gives, and makes something of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from wandb_flyte.analysis.command_line.interface import STRICT, Option, option_for
from wandb_flyte.analysis.config.reads import Place
from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.kinds import called_name
from wandb_flyte.analysis.source.openings import hands_init_on
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.overwritten import is_always_set
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.around import Around
from wandb_flyte.generate.check.trial.case import Case, all_names, near, shown
from wandb_flyte.generate.check.trial.config_keys import as_fields
from wandb_flyte.generate.check.trial.followed import Followed
from wandb_flyte.generate.check.trial.hydra import is_plain_key
from wandb_flyte.generate.check.trial.started import Start, may_read
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show
from wandb_flyte.spec import Distribution, Parameter

from .bound_again import BoundAgain
from .config_shut import without_shut_config
from .dropped import Drop, Drops
from .flags import not_passed
from .in_vain import destination, only_where, read_in_vain, wholes
from .laid_over import LaidOver
from .outdone import outdone
from .own_values import own_value
from .style import is_fixed, place, severity_of
from .too_early import read_too_early

# What says that a hyperparameter takes several values.
_LIMITS = frozenset({"values", "min", "max"})


def check_unread(
    case: Case,
    switches: Switches,
    starts: Sequence[Start],
    followed: Followed,
    *,
    told: bool = False,
) -> Iterator[Finding]:
    """Parameters that change nothing, because nothing reads them, or that stop the program.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
        starts: What the program starts.
        followed: The dry run, which is asked where a program is written in an unusual way.
        told: Whether it has been said already that a condition keeps trials from something.
    """
    reported, winners, drops = set(not_passed(case)), outdone(case), Drops(case, switches.known)
    again, over = BoundAgain(drops.case, switches.known), LaidOver(case, switches)
    around = Around(case, [one.program for one in starts if one.program is not None])
    unusual = _is_unusual(case.program.flow)
    otherwise, never = (case, "") if told else without_shut_config(case, switches)
    for parameter in (*case.sweep.parameters, *_left_out(case)):
        if parameter.path[0] in reported:
            continue
        if parameter.path[0] in winners:
            reported.add(parameter.path[0])
            yield _outdone(case, parameter, winners[parameter.path[0]])
            continue
        if refused := _refused(case, parameter):
            reported.add(parameter.path[0])
            yield refused
            continue
        by_others = case.program.imports_by_name or may_read(starts, parameter.path, around)
        drop = None if by_others else drops.of(parameter.path[0])
        if drop is not None and not _is_read(drops.case, parameter, switches):
            yield _dropped(case, parameter, drop)
            continue
        is_read = _is_read(case, parameter, switches)
        alone = not by_others and (drop is not None or drops.case is case)
        lost = again.place(destination(case, parameter)) if alone else None
        if lost and is_read and not _is_read(again.case, parameter, switches):
            late = again.comes_late(destination(case, parameter))
            yield _bound_again(case, parameter, lost, late)
            continue
        if is_read and never and not _is_read(otherwise, parameter, switches):
            yield only_where(case, parameter, never)
            continue
        if is_read and not _is_nowhere(case, parameter, switches):
            if set_to := _overwritten(case, parameter, switches):
                yield set_to
            elif (laid := _laid_over(case, parameter, over)) is not None:
                yield laid
            elif (merged := read_too_early(case, parameter.path)) is not None:
                yield _too_early(case, parameter, merged)
            elif not told:
                yield from read_in_vain(case, parameter, switches)
            continue
        if not is_read and (nested := _read_otherwise(case, parameter)):
            yield nested
            continue
        if by_others or (unusual and _is_followed(followed, parameter)):
            continue
        name = parameter.name
        known = {".".join(keys) for keys in _read_keys(case)} - set(case.sweep.names)
        other = near(name, known)
        file = case.program.file.name
        message = f"Nothing in `{show(file)}` reads `{show(name)}`."
        if _is_noted(case, parameter):
            message = f"`{show(file)}` only prints `{show(name)}` or notes it in the run's config."
        hint = f"Did you mean `{show(other)}`?" if other else "Trials will not depend on it."
        if deeper := _deeper(case, parameter):
            hint = f"The code reads `{show(deeper)}`: trials do not change that."
        if case.program.rebound is not None:
            where = f"{shown(case.program.rebound[0])}:{case.program.rebound[1]}"
            hint = f"{where} binds `wandb.config` to values of its own: use `wandb.config.update`."
        severity = "warning" if other else severity_of(parameter)
        if is_fixed(parameter) and (own := own_value(parameter, case)) is not None:
            where = f"{shown(own[1][0])}:{own[1][1]}"
            hint = f"The code has `{show(str(own[0]))}` for it: {where}."
            severity = "warning"
        yield case.in_sweep(place(parameter), message, hint, "WF101", severity)


def _is_unusual(flow: Flow) -> bool:
    """Whether a program hands `wandb.init` on, or its methods call their object by another name."""
    return hands_init_on(flow) or any(
        scope.owner is not None
        and scope.node is not None
        and not scope.node.decorator_list
        and [one.arg for one in scope.parameters[:1]] not in ([], ["self"], ["cls"])
        for scope in flow.scopes.reached
    )


def _is_followed(followed: Followed, parameter: Parameter) -> bool:
    """Whether a dry run comes to something that depends on a hyperparameter."""
    return followed.result is not None and parameter.path in followed.result.touched


def _left_out(case: Case) -> Iterator[Parameter]:
    """The hyperparameters whose values the sweep config has wrong: they can be unread all the same.

    They have no values here.
    """
    raw = case.document.raw.get("parameters")
    for name in all_names(case.document) or ():
        spec = raw[name] if isinstance(raw, Mapping) else None
        if name not in case.sweep.names and isinstance(spec, Mapping) and _LIMITS & spec.keys():
            yield Parameter((name,), Distribution("categorical", {}))


def _outdone(case: Case, parameter: Parameter, word: str) -> Finding:
    name = parameter.path[0]
    message = f"The command gives `{show(word)}` behind `{show(name)}`, and the last one counts."
    hint = f"Trials will not depend on `{show(name)}`: take the word out of the command."
    return case.in_sweep(place(parameter), message, hint, "WF101", severity_of(parameter))


def _dropped(case: Case, parameter: Parameter, drop: Drop) -> Finding:
    name, where = show(parameter.path[0]), f"{shown(drop.place[0])}:{drop.place[1]}"
    message = f"{where} leaves `{name}` out: trials do not depend on it."
    if drop.is_flat:
        message = f"{where} puts `{name}` into the config, where nothing reads it."
    elif drop.labels:
        have = "has" if len(drop.labels) == 1 else "have"
        what = " and ".join(f"`{show(label)}`" for label in drop.labels)
        message = f"{what} {have} no `{name}`, so {where} drops it."
    elif drop.set_in:
        message = f"{where} leaves `{name}` out, as line {drop.set_in} has set it before."
    other = near(name, drop.names - set(case.sweep.names))
    deeper = _deeper(case, parameter)
    hint = f"Did you mean `{show(other)}`?" if other else "Trials will not depend on it."
    if drop.is_flat and deeper:
        hint = f"The code reads `{show(deeper)}`: trials do not change that."
    return case.in_sweep(place(parameter), message, hint, "WF101", severity_of(parameter))


def _bound_again(case: Case, parameter: Parameter, lost: Place, late: bool) -> Finding:
    name, where = show(parameter.name), f"{shown(lost[0])}:{lost[1]}"
    message = f"{where} sets `{name}` to something else before anything reads it."
    if late:
        message = f"`{name}` is only read before {where} gives the trial's values a name."
    hint = "Trials will not depend on it."
    return case.in_sweep(place(parameter), message, hint, "WF101", severity_of(parameter))


def _too_early(case: Case, parameter: Parameter, merged: Place) -> Finding:
    name, where = show(parameter.name), f"{shown(merged[0])}:{merged[1]}"
    message = f"`{name}` is only read before {where} puts the trial's value there."
    hint = "Read it after that: trials do not depend on it."
    return case.in_sweep(place(parameter), message, hint, "WF101", severity_of(parameter))


def _overwritten(case: Case, parameter: Parameter, switches: Switches) -> Finding | None:
    """A hyperparameter that the code sets to something else before it reads it."""
    if case.program.config.may_read(parameter.path):
        return None
    found = case.program.args.overwritten.get(destination(case, parameter), [])
    for node, scope in sorted(found, key=lambda one: not switches.comes_to(*one)):
        if is_always_set(node, scope, {id(one) for one, _ in found}, switches):
            name = show(parameter.name)
            message = f"`{name}` is set to something else, whatever the sweep gives."
            hint = "Trials will not depend on it."
            grade = severity_of(parameter)
            return case.in_code(scope.place(node), message, hint, "WF101", grade)
    return None


def _laid_over(case: Case, parameter: Parameter, over: LaidOver) -> Finding | None:
    """A hyperparameter whose place a value of a config file takes."""
    holders, key = (case.program.config, case.program.merged), destination(case, parameter)
    is_read = any(one.may_read(parameter.path) for one in holders)
    if is_read or len(key) != 1 or key[0] not in over.places:
        return None
    name = show(parameter.name)
    message = f"`{name}` is what a config file says here, whatever the sweep gives."
    hint = "Let the command line have the last word, or take it out of the file."
    return case.in_code(over.places[key[0]], message, hint, "WF101", severity_of(parameter))


def _is_read(case: Case, parameter: Parameter, switches: Switches) -> bool:
    program, path = case.program, parameter.path
    if program.config.may_read(path) or program.merged.may_read(path):
        return True
    if program.function is not None and program.config.may_read(as_fields(path)):
        return True
    if case.command is None:
        return False
    if program.hydra.used or program.interface.style == "hydra":
        return _is_read_by_hydra(case, parameter, switches)
    if not case.command.passes and not program.interface.open:
        return False
    interface = program.interface
    if interface.open or interface.elsewhere or interface.style == "unknown":
        return True
    if case.command.passes == "json" and interface.style == "none":
        return True  # All of it is one word, which any code may read.
    if _is_setting(program, path[0]):
        return True
    option = option_for(interface, path[0], case.command.words)
    if option is None:
        # The command line refuses it, which is told elsewhere, or lets it pass.
        return interface.style in STRICT and not interface.ignores_unknown
    if interface.style == "getopt":
        return True  # What a loop over its pairs does with them is not looked at.
    if interface.style in ("click", "fire", "typer") and not _is_parameter(option, program.flow):
        return True
    keys = tuple(option.dest.split(".")) if interface.style == "tyro" else (option.dest,)
    if program.config.supplies_args and program.config.may_read(keys):
        return True
    return program.args.may_read(keys) or not program.args.used


def _is_setting(program: Program, name: str) -> bool:
    """Whether another package may read a parameter, and give it to the program."""
    interface = program.interface
    if not interface.settings or interface.style != "none":
        return False
    is_field = name.replace("-", "_") in interface.fields
    return is_field or interface.settings_go_on or program.mentions.names(name)


def _is_nowhere(case: Case, parameter: Parameter, switches: Switches) -> bool:
    """Whether no word of a script names a parameter, wherever it hands its whole config to."""
    program, interface, path = case.program, case.program.interface, parameter.path
    if not program.complete:
        return False
    if (
        program.logs.made
        or program.makes_any
        or interface.elsewhere
        or _is_setting(program, path[0])
    ):
        return False
    names = {path[-1].lstrip("+")}
    if interface.style == "argparse":
        option = option_for(interface, path[0], case.command.words if case.command else ())
        refused = option is None and not (interface.open or interface.ignores_unknown)
        names |= {option.dest} if option is not None else program.mentions.longer(path[0])
    elif interface.style == "hydra":
        refused = not is_plain_key(path[0], switches.known.hydra_config)
        path = tuple(path[0].lstrip("+").split("."))
    else:
        refused = interface.style != "none"
    holders = (program.config, program.merged, program.args, program.hydra)
    asked = {keys[-1] for one in holders for keys in one.keys}
    parts = any(keys and keys == path[: len(keys)] for one in holders for keys in one.handed_on)
    if refused or parts or names & asked or any(map(program.mentions.names, names)):
        return False
    found = (place for one in holders for place in wholes(case, one, names))
    return program.mentions.stays_inside(found, lost=interface.open)


def _is_read_by_hydra(case: Case, parameter: Parameter, switches: Switches) -> bool:
    """Whether a key of Hydra's config has an effect, in the code or inside the config."""
    reads, name = case.program.hydra, parameter.path[0]
    if not reads.used or not is_plain_key(name, switches.known.hydra_config):
        return True
    return reads.may_read(tuple(name.lstrip("+").split(".")))


def _is_noted(case: Case, parameter: Parameter) -> bool:
    program, path = case.program, parameter.path
    option = option_for(program.interface, path[0])
    dest = (option.dest,) if option is not None else destination(case, parameter)
    holders = (program.config, program.merged, program.args, program.hydra)
    return any(path in one.noted or dest in one.noted for one in holders)


def _refused(case: Case, parameter: Parameter) -> Finding | None:
    """A parameter that reaches a call which has no such argument, and stops there."""
    name = parameter.path[0]
    for call in case.program.handed:
        if name not in call.given and (call.takes is None or name in call.takes):
            continue
        other = near(name, (call.takes or frozenset()) - set(case.sweep.names))
        where = f"{shown(call.place[0])}:{call.place[1]}"
        what = f"`{show(call.name)}` in {where} is given the whole config, and"
        message = f"{what} has no `{show(name)}`."
        hint = f"Did you mean `{show(other)}`?" if other else "Add it there, or take it out here."
        if name in call.given:
            message = f"{what} `{show(name)}` beside it: it would stop."
            hint = "Take it out there, or out of the sweep."
        return case.in_sweep(("parameters", name), message, hint, "WF103", "error")
    return None


def _read_keys(case: Case) -> list[tuple[str, ...]]:
    program = case.program
    return [*program.config.keys, *program.merged.keys]


def _deeper(case: Case, parameter: Parameter) -> str:
    """A key of its name that is read further inside; empty without one."""
    path = parameter.path
    found = (keys for keys in _read_keys(case) if len(keys) > len(path) and keys[-1] == path[-1])
    return ".".join(min(found, default=()))


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


def _is_parameter(option: Option, flow: Flow) -> bool:
    """Whether a function takes an option as a parameter, and in no other way."""
    for scope in flow.scopes.reached:
        if scope.node is None or not option.stands_on(scope.module.file, scope.node):
            continue
        if option.dest not in {arg.arg for arg in scope.parameters}:
            return False
        nodes = list(walk(scope.node))
        called = {called_name(n) for n in nodes if isinstance(n, ast.Call)}
        asked = {n.attr for n in nodes if isinstance(n, ast.Attribute)}
        return not (called & {"locals", "get_current_context"} or "params" in asked)
    return False
