"""What `instantiate` and its kin make of a config: classes that no code names, read with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from wandb_flyte.analysis.metrics.logs import Logs
from wandb_flyte.analysis.program import Program, read_again
from wandb_flyte.analysis.source.kinds import full_name, text
from wandb_flyte.analysis.source.makers import LOOKS_UP, Made
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import Definition
from wandb_flyte.analysis.tracing.flow import Flow

from .case import Case
from .named import Named, find_makers, find_named
from .silent import RATES, logged_by

_LOGS = re.compile(r"\blog(_dict|_metrics?|ger)?\b|wandb", re.IGNORECASE)
_MAX_BYTES = 256 * 1024
_ROUNDS = 4
# What a name stands for: the program's own, or what another package's logs.
_Found = Mapping[str, Definition | frozenset[str]]


def with_made(case: Case) -> Case:
    """The case with the program's own classes that a config names read as a part of it.

    It stays as it is where something may be made that may log anything.
    """
    program = case.program
    makers = find_makers(program.flow) if program.logs.made else []
    named = find_named(case, makers) if makers else None
    found = _find_all(named, case) if named is not None else None
    if named is None or found is None:
        return case
    again = _read_with(program, named, found)
    first, second = program.interface, again.interface
    if (first.style, first.place) != (second.style, second.place):
        return case
    logs = _logs_with(again.logs, found)
    makes_any = any(_makes_any(*one, again.flow) for one in find_makers(again.flow))
    return replace(case, program=replace(again, logs=logs, makes_any=makes_any))


def _read_with(program: Program, named: Sequence[Named], found: _Found) -> Program:
    """A program with its own classes among those that are named."""
    own = {name: one for name, one in found.items() if isinstance(one, Definition)}
    modules = program.flow.sources.modules[len(program.modules) :]
    before = program.flow.scopes.made
    made = Made(tuple(own.values()), {}, frozenset(map(id, modules)))
    again = program
    for _ in range(_ROUNDS):
        calls = _looked_up(again, named, own)
        if again is not program and calls == made.calls:
            break
        made = replace(made, calls=calls)
        again = read_again(program, made.beside(before))
    return again


def _logs_with(logs: Logs, found: _Found) -> Logs:
    """What is logged, with what the other packages' objects log by themselves."""
    patterns = {p for one in found.values() if isinstance(one, frozenset) for p in one}
    opens_run = any("wandb" in name.lower() for name in found)
    return replace(
        logs,
        made=False,
        patterns=logs.patterns | patterns,
        # The code can give the rates that Lightning watches names of its own.
        unclear=logs.unclear or RATES in patterns,
        opens_run=logs.opens_run or opens_run,
        integrations=logs.integrations | ({"WandbLogger"} if opens_run else set()),
    )


def _find_all(named: Sequence[Named], case: Case) -> _Found | None:
    """What each name stands for; None where one may log anything."""
    found: dict[str, Definition | frozenset[str]] = {}
    for one in named:
        each = _find(one.name, case)
        if each is None:
            return None
        found[one.name] = each
    return found


def _find(name: str, case: Case) -> Definition | frozenset[str] | None:
    """The program's own class or function of a name, or what another package's logs.

    None for what may log anything.
    """
    sources = case.program.flow.sources
    loaded = sources.load(name)
    if loaded is None:
        return frozenset() if _is_silent(name, case) else logged_by(name)
    module, rest = loaded
    if found := module.find(rest[0]) if rest else None:
        return found[1]
    origin = module.outside.get(rest[0]) if rest else None
    return logged_by(".".join([origin, *rest[1:]])) if origin else None


def _is_silent(name: str, case: Case) -> bool:
    """Whether no word of an own module logs that lies where the program's imports do not."""
    parts = name.split(".")[:-1]
    folders = {case.program.file.resolve().parent, Path.cwd()}
    roots = [*(folder.parent for folder in folders), *(folder / "src" for folder in folders)]
    for root in roots if parts else []:
        file = root.joinpath(*parts).with_suffix(".py")
        with suppress(OSError):  # What can't be read may log.
            if file.is_file() and file.stat().st_size <= _MAX_BYTES:
                return not _LOGS.search(file.read_text(encoding="utf-8", errors="replace"))
    return False


def _looked_up(
    program: Program, named: Sequence[Named], own: Mapping[str, Definition]
) -> dict[int, tuple[Definition, ...]]:
    """The program's own classes that each call of `get_class` and its kin gives."""
    found: dict[int, tuple[Definition, ...]] = {}
    for call, scope in find_makers(program.flow):
        if full_name(call.func, scope.module.outside) not in LOOKS_UP or not call.args:
            continue
        plain = text(call.args[0])
        names = {plain} if plain is not None else set()
        kinds = program.flow.kinds(call.args[0], scope)
        if len(kinds) == 1 and (kind := next(iter(kinds))).what == "hydra":
            place = ".".join(kind.path[:-1])
            names = {one.name for one in named if one.place == place}
        if names and names <= own.keys():
            found[id(call)] = tuple(own[name] for name in sorted(names))
    return found


def _makes_any(call: ast.Call, scope: Scope, flow: Flow) -> bool:
    """Whether a call may get any part of a config, and give it to what it makes."""
    if full_name(call.func, scope.module.outside) in LOOKS_UP:
        return False
    kinds = flow.kinds(call.args[0], scope) if call.args else frozenset()
    return not kinds or any(kind.what != "hydra" or not kind.path for kind in kinds)
