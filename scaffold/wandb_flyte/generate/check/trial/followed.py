"""A dry run of a trial: its config, its command line and its files, as the sweep gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from wandb_flyte.analysis.command_line.interface import Option, option_for, usable_options
from wandb_flyte.analysis.config.hydra_files import MISSING
from wandb_flyte.analysis.dry_run.made import from_data
from wandb_flyte.analysis.dry_run.run import Result, dry_run
from wandb_flyte.analysis.dry_run.tables import Row, Table
from wandb_flyte.analysis.dry_run.trial import Given
from wandb_flyte.analysis.dry_run.values import NO_MARKS, UNKNOWN, Marks, Some, Value, join
from wandb_flyte.analysis.source.config_files import find_config
from wandb_flyte.analysis.tracing.lightning import may_tune
from wandb_flyte.spec import Distribution, Parameter

from .case import Case, all_names
from .config_keys import DEFAULTS_FILE
from .known_options import known_options
from .swept import FILLED_IN
from .switches import Switches
from .values import listed

_WORD = re.compile(r"[\w.]+")
_ALONE = re.compile(r"\$\{[\w.]+\}")
# How many links from one text to another are followed.
_LINKS = 3
_STYLES = ("none", "argparse", "click", "fire", "hydra", "typer")
_KINDS: Mapping[str, type] = {"int": int, "float": float, "str": str}


class Followed:
    """A dry run of a sweep's trial, made when it is asked for.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """

    def __init__(self, case: Case, switches: Switches) -> None:
        self._case, self._switches = case, switches

    @cached_property
    def result(self) -> Result | None:
        """What it shows; None where the code can't be followed."""
        return follow(self._case, self._switches)


def follow(case: Case, switches: Switches) -> Result | None:
    """What a dry run of one trial shows; None where its code can't be followed.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    program, interface = case.program, case.program.interface
    if not program.complete or program.starts:
        return None
    if case.command is not None and case.command.passes:
        is_open = interface.open and interface.style != "argparse"
        if interface.style not in _STYLES or is_open or interface.elsewhere:
            return None
        if interface.style != "argparse" and interface.commands:
            return None
        if (
            interface.rewrites
            or interface.settings
            or interface.commands
            or case.command.passes == "json"
        ):
            return None
        if interface.style not in ("none", "hydra") and case.command.passes != "flags":
            return None  # What its arguments by place get is not looked at.
    given = Given(
        config=_config(case),
        by_hand=case.command is None or not case.knows_command,
        tunes=may_tune(program.flow.scopes),
        options=dict(_options(case)),
        words=_words(case),
        closed=_is_closed(case),
        hydra=_hydra(case, switches),
        read_file=_reader(case),
    )
    start, by_agent = program.function.name if program.function else "", case.command is None
    if by_agent and not start:
        # As it is started without options, if that starts an agent.
        plainly = replace(given, by_hand=False)
        if (found := dry_run(program.flow.sources, plainly, by_agent=True)) is not None:
            return found
    return dry_run(program.flow.sources, given, start, by_agent=by_agent)


def _is_closed(case: Case) -> bool:
    """Whether nothing but the program itself puts more into the trial's config."""
    program = case.program
    others = program.logs.integrations or program.flow.openings[1]
    here = (case.program.file.absolute().parent, Path.cwd())
    return case.whole and not others and not any((one / DEFAULTS_FILE).exists() for one in here)


def _config(case: Case) -> dict[str, Value]:
    """The trial's config."""
    made: dict[str, Value] = dict.fromkeys(all_names(case.document) or (), UNKNOWN)
    for parameter in case.sweep.parameters:
        if len(parameter.path) == 1:
            made[parameter.path[0]] = _value(parameter)
            continue
        table = made.get(parameter.path[0], UNKNOWN).only
        if not isinstance(table, Table):
            table = Table(attributes=True)
            made[parameter.path[0]] = Value((table,))
        for part in parameter.path[1:-1]:
            inner = table.items.setdefault(part, Value((Table(attributes=True),))).only
            table = inner if isinstance(inner, Table) else Table(attributes=True)
        table.items[parameter.path[-1]] = _value(parameter)
    return made


def _value(parameter: Parameter) -> Value:
    """What a hyperparameter may be in a trial."""
    marks: Marks = frozenset({parameter.path})
    values = listed(parameter.distribution)
    if values and any(isinstance(one, str) and FILLED_IN.search(one) for one in values):
        return Value(UNKNOWN.options, marks)
    if values is None:
        return Value((Some(_kind(parameter.distribution)),), marks)
    return join([from_data(one, marks, attributes=True) for one in values]).marked(marks)


def _kind(distribution: Distribution) -> type:
    if distribution.name == "int_uniform":
        return int
    return object if distribution.name.startswith("q_") else float


def _options(case: Case) -> Iterator[tuple[str, Value]]:
    """What the command line gives, by where it goes."""
    command, interface = case.command, case.program.interface
    if command is None or interface.style in ("none", "hydra"):
        return
    known = dict(known_options(case))
    for option in usable_options(interface, command.words):
        told = not command.flags.isdisjoint(option.names)
        told = told or any(name.lstrip("-") in command.flags for name in option.names)
        if told:
            found = known.get(option.dest)
            yield option.dest, Value((found[1],)) if found is not None else UNKNOWN
    if interface.style == "argparse":
        return  # Its parsers are gone through.
    for parameter in case.sweep.parameters if command.passes else ():
        taken = option_for(interface, parameter.path[0], command.words)
        if taken is not None and len(parameter.path) == 1:
            yield taken.dest, _as_option(parameter, taken)


def _words(case: Case) -> dict[str, Value]:
    """What the command line gives for each hyperparameter."""
    passes = case.command is not None and case.command.passes == "flags"
    names = all_names(case.document) or () if passes else ()
    given = {one.path[0]: _value(one) for one in case.sweep.parameters if len(one.path) == 1}
    return {name: given.get(name, UNKNOWN.marked(frozenset({(name,)}))) for name in names}


def _as_option(parameter: Parameter, option: Option) -> Value:
    """What an option makes of a hyperparameter's words."""
    value = _value(parameter)
    kind, constants = _KINDS.get(option.type), value.constants
    if option.type == "bool":
        return Value((True,), value.marks)
    if kind is None or option.many:
        return Value(UNKNOWN.options, value.marks)
    if constants is None:
        return Value((Some(kind),), value.marks)
    made: list[Any] = []
    for one in constants:
        try:
            made.append(kind(str(one)))
        except ValueError:
            made.append(Some(kind))
    return join([Value((one,)) for one in made]).marked(value.marks)


def _hydra(case: Case, switches: Switches) -> Value | None:
    """The config that Hydra gives the program."""
    config = switches.known.hydra_config
    if config is None or case.program.interface.style != "hydra":
        return None
    passes = case.command is not None and bool(case.command.passes)
    given = {
        ".".join(one.path).lstrip("+"): _as_override(_value(one))
        for one in (case.sweep.parameters if passes else ())
    }
    words = (*case.command.words, *case.program.interface.added) if case.command else ()
    for word in words:
        key, is_given, text = word.partition("=")
        if is_given and key.lstrip("+") not in given:
            given[key.lstrip("+")] = Value((_parsed(text),))
    made = Table(attributes=True)
    texts: dict[str, Any] = {}
    groups = {key.rpartition(".")[0] for key in config}
    for key, data in config.items():
        if key in groups:
            continue
        if "${" in str(data) or data == MISSING:
            texts[key] = data
        else:
            _place(made, key, _of_file(data))
    for key, value in given.items():
        _place(made, key, value)
    for _ in range(_LINKS):
        for key, data in texts.items():
            if key not in given:
                _place(made, key, _resolved(data, made))
    return Value((made,))


def _of_file(data: Any) -> Value:
    """What a config file of Hydra's has: it reads `1e-3` as a number."""
    found = from_data(data, attributes=True)
    return join([Value((_parsed(one),)) for one in found.options])


def _as_override(value: Value) -> Value:
    """What Hydra makes of a hyperparameter's words."""
    return join([Value((_parsed(one),)) for one in value.options]).marked(value.marks)


def _parsed(option: Any) -> Any:
    if not isinstance(option, str):
        return option
    if option in ("null", "true", "false"):
        return {"null": None, "true": True, "false": False}[option]
    for kind in (int, float):
        with suppress(ValueError):
            return kind(option)
    return option


def _resolved(data: Any, config: Table) -> Value:
    """What a text with `${key}` in it comes to, or a list of such."""
    if isinstance(data, list):
        return Value((Row([_resolved(one, config) for one in data]),))
    if not isinstance(data, str):
        return _of_file(data)
    words = [_at(config, one) for one in _WORD.findall(data)]
    found = [one for one in words if one is not None]
    if found and _ALONE.fullmatch(data):
        return found[0]
    return Value(UNKNOWN.options, NO_MARKS.union(*(one.marks for one in found)))


def _at(config: Table, key: str) -> Value | None:
    """What a config has under a dotted key."""
    found: Value | None = Value((config,))
    for part in key.split("."):
        table = found.only if found is not None else None
        found = table.get(part) if isinstance(table, Table) else None
    return found


def _place(made: Table, key: str, value: Value) -> None:
    *outer, last = key.split(".")
    for part in outer:
        held = made.items.setdefault(part, Value((Table(attributes=True),)))
        inner = held.only
        if not isinstance(inner, Table):
            made.items[part] = held.marked(value.marks)  # One of a list.
            return
        made = inner
    old = made.items.get(last)
    if old is not None and isinstance(old.only, Table) and not isinstance(value.only, Table):
        value = old.marked(value.marks)  # It chooses what is there.
    made.items[last] = value


def _reader(case: Case) -> Any:
    spec = case.document.path.absolute().parent
    folders = (case.program.file.absolute().parent, Path.cwd(), spec)
    return lambda name: find_config(name, folders)
