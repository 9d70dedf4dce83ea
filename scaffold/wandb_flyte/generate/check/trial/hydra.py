"""The keys of a Hydra config, read from its files: an override of any other key fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wandb_flyte.analysis.config.hydra_files import (
    MISSING,
    Absent,
    Stored,
    hydra_absent,
    hydra_keys,
    hydra_targets,
)
from wandb_flyte.analysis.config.stored_configs import stored_configs
from wandb_flyte.analysis.source.makers import TARGET
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.errors import Finding
from wandb_flyte.generate.names import show

from .case import Case, near
from .values import listed

_TAKEN_IN = re.compile(r"\$\{[^}]*")
_STORE = re.compile(r"ConfigStore|config_store|hydra_zen|SearchPathPlugin|hydra_plugins")
_WORDS = re.compile(r"[\w.]+")


def missing_keys(case: Case, known: Mapping[str, Any] | None) -> Iterator[Finding]:
    """Parameters that override a key which the Hydra config does not have.

    Args:
        case: The sweep and its program.
        known: The config, as `hydra_config` gives it.
    """
    assert case.command is not None  # noqa: S101 - only scripts have a command line
    if known is None or case.command.passes not in ("plain", "flags"):
        return
    for top in case.sweep.names:
        if top in known or top.startswith(("+", "~", "hydra.")) or _is_item(top, known):
            continue
        if _is_open(top, known):
            continue
        message = f"The Hydra config has no key `{show(top)}`: it would stop."
        other = near(top, known)
        hint = f"Did you mean `{show(other)}`?" if other else "Write it as `+` " + show(top) + "."
        if not other:
            hint = "Add it to the config, or use `${args_append_hydra}`."
        yield case.in_sweep(("parameters", top), message, hint, "WF207", "error")


def fixed_values(case: Case, known: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values of a Hydra config that are the same in every trial, by their dotted keys.

    Args:
        case: The sweep and its program.
        known: The config, as `hydra_config` gives it.
    """
    reads = case.program.hydra
    # Who starts an agent of the program's own may give its command line anything.
    by_hand = case.command is None and case.program.function is None
    if known is None or reads.supplies_unseen or by_hand:
        return {}
    varied = [*_chosen(case), *(".".join(keys) for keys in reads.stored)]
    return {
        key: value
        for key, value in known.items()
        if isinstance(value, str | bool | int | float)
        and not (isinstance(value, str) and ("${" in value or value == MISSING))
        and not any(key == other or key.startswith(f"{other}.") for other in varied)
    }


def hydra_config(case: Case) -> dict[str, Any] | None:
    """Every key of the config that a program starts with; None when not all can be seen."""
    located = _located(case)
    return located and hydra_keys(_file(case), *located, _chosen(case), _stored(case))


def absent_files(case: Case) -> tuple[Path, list[Absent]]:
    """The folder of that config, and which of its files are not there, as far as can be seen.

    Those that the program may register itself are not told.
    """
    located = _located(case)
    if located is None or not case.program.complete or _registers(case):
        return Path(), []
    folder = _file(case).resolve().parent / (located[0] or ".")
    if any("searchpath" in word or "config-dir" in word for word in _words(case)):
        return folder, []
    return folder, hydra_absent(_file(case), *located, _chosen(case))


def _registers(case: Case) -> bool:
    """Whether a program may have configs, or places to look for them, that are no files."""
    modules = case.program.flow.sources.modules
    outside = {one for m in modules for one in m.outside.values()}
    if any(_STORE.search(one) for one in outside):
        return True
    # A package is imported before any module in it.
    files = {one for m in modules for one in _packages_of(m.file)} - {m.file for m in modules}
    return any(_STORE.search(one.read_text(encoding="utf-8", errors="ignore")) for one in files)


def _packages_of(file: Path) -> Iterator[Path]:
    """The files of the packages that a module lies in."""
    for folder in file.resolve().parents:
        package = folder / "__init__.py"
        if not package.is_file():
            return
        yield package


def _file(case: Case) -> Path:
    """The file of the function that Hydra starts: its config's folder is named from there."""
    place = case.program.interface.place
    return place[0] if place is not None else case.program.file


def _stored(case: Case) -> Stored:
    """The configs that a program itself stores."""
    return stored_configs(case.program.flow) if _registers(case) else {}


def _words(case: Case) -> tuple[str, ...]:
    given = case.command.words if case.command is not None else ()
    return (*given, *case.program.interface.added, *case.sweep.names)


def hydra_named(case: Case) -> list[tuple[str | None, Any]] | None:
    """Each `_target_` in that config, whatever the sweep chooses, with the dotted key of its place.

    None when not all can be seen.
    """
    located = _located(case)
    found = None
    if located:
        found = hydra_targets(_file(case), *located, _chosen(case), _stored(case))
    return None if found is None else [one for one in found if one[0].partition(".")[0] != "hydra"]


def given_named(case: Case) -> list[tuple[str | None, Any]] | None:
    """Each `_target_` that the command and the sweep give; None when not all can be seen."""
    given = [(key, value) for key, values in _chosen(case).items() for value in values]
    inner = [str((p.path[1:], listed(p.distribution))) for p in case.sweep.parameters]
    if any(TARGET in one for one in [*inner, *(value for _, value in given)]):
        return None
    parts = ((key.lstrip("+").rpartition("."), value) for key, value in given)
    return [(place, value) for (place, _, key), value in parts if key == TARGET]


def ungiven(case: Case, known: Mapping[str, Any] | None) -> list[str]:
    """The keys that have to be given, and that neither the command, the sweep nor the code does.

    Args:
        case: The sweep and its program.
        known: The config, as `hydra_config` gives it.
    """
    reads, names = case.program.hydra, [*case.sweep.names, *_chosen(case)]
    if known is None or reads.supplies_unseen:
        return []
    given = {name.lstrip("+") for name in names} | {".".join(keys) for keys in reads.stored}
    return [
        key
        for key, value in known.items()
        if value == MISSING
        and not any(
            one == key or key.startswith(f"{one}.") or one.startswith(f"{key}.") for one in given
        )
    ]


def _located(case: Case) -> tuple[str | None, str] | None:
    """The folder and the name of the config that a program starts with; None when not known."""
    interface = case.program.interface
    words = case.command.words if case.command is not None else ()
    if interface.style != "hydra" or interface.open or interface.rewrites:
        return None
    name, folder = interface.config_name or "", interface.config_dir
    for index, word in enumerate(words):
        flag, is_joined, value = word.partition("=")
        value = value if is_joined else "".join(words[index + 1 : index + 2])
        if flag in ("--config-dir", "-cd"):
            return None
        if flag in ("--config-path", "-cp"):
            folder = value
        elif flag in ("--config-name", "-cn"):
            name = value
    if folder == "" and not _registers(case):
        return None  # It looks for no files.
    return None if Path(folder or "").is_absolute() or not name else (folder, name)


def is_plain_key(name: str, config: Mapping[str, Any] | None) -> bool:
    """Whether the code alone reads a key: it is in the config, no group's, in no other value.

    Args:
        name: The key, dotted, with a `+` before it where it is added.
        config: Every key of the config; None when not all can be seen.
    """
    key = name.lstrip("+")
    if config is None or key.startswith(("~", "hydra.")) or set("@/") & set(key):
        return False
    texts = [one for one in _texts(list(config.values())) if "${" in one]
    inside = any(key.rpartition(".")[2] in value or _names_part(value, key) for value in texts)
    is_new = (key not in config and not name.startswith("+")) or _is_open(key, config)
    # A group chooses among config files.
    is_group = any(other.startswith(f"{key}.") for other in config) or config.get(key, "") is None
    return not (inside or is_new or is_group)


def may_say(name: str, config: Mapping[str, Any] | None) -> bool:
    """Whether a text in a Hydra config is, or has in it, a name; or not all of it can be seen."""
    return config is None or any(name in one for one in _texts(config))


def _texts(values: Any) -> Iterator[str]:
    """Every text in a part of a config, keys among them."""
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping | list):
        inner = [*values, *values.values()] if isinstance(values, Mapping) else values
        for value in inner:
            yield from _texts(value)


def _names_part(value: str, key: str) -> bool:
    """Whether a text takes in what a key is a part of: `${model}` for `model.lr`."""
    words = {word for one in _TAKEN_IN.findall(value) for word in _WORDS.findall(one)}
    return any(word.rpartition(".")[2] in key.split(".")[:-1] for word in words)


def _chosen(case: Case) -> dict[str, list[str]]:
    """What the command and the sweep choose of the config's groups, by the group."""
    chosen: dict[str, list[str]] = {}
    words = case.command.words if case.command is not None else ()
    for word in (*words, *case.program.interface.added):
        name, given, value = word.partition("=")
        if given and not name.startswith("-"):
            chosen[name] = [value]
    for parameter in case.sweep.parameters:
        values = listed(parameter.distribution)
        if len(parameter.path) == 1 and values is not None:
            chosen[parameter.path[0]] = [str(value) for value in values]
    return chosen


def _is_open(name: str, known: Mapping[str, Any]) -> bool:
    """Whether a dotted name is below a key that may have any keys."""
    parts = name.split(".")
    return any(known.get(".".join(parts[:size])) is UNKNOWN for size in range(1, len(parts) + 1))


def _is_item(name: str, known: Mapping[str, Any]) -> bool:
    """Whether a dotted name is an item of a list in the config."""
    outer, _, index = name.rpartition(".")
    return index.isdigit() and isinstance(known.get(outer), list)
