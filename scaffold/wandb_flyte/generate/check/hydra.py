"""The keys of a Hydra config, read from its files: an override of any other key fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from wandb_flyte.errors import Finding
from wandb_flyte.generate.names import show

from .case import Case, near
from .config_files import load_config
from .values import listed

_MAX_FILES = 100
_CHOICES = re.compile(r"\$\{(\w+)\}")


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
    if known is None or reads.supplies_unseen:
        return {}
    varied = [*_chosen(case), *reads.supplies]
    return {
        key: value
        for key, value in known.items()
        if isinstance(value, str | bool | int | float)
        and not (isinstance(value, str) and ("${" in value or value == "???"))
        and not any(key == other or key.startswith(f"{other}.") for other in varied)
    }


def hydra_config(case: Case) -> dict[str, Any] | None:
    """Every key of the config that a program starts with; None when not all can be seen."""
    interface = case.program.interface
    words = case.command.words if case.command is not None else ()
    if interface.style != "hydra" or interface.open:
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
    if Path(folder or "").is_absolute():
        return None
    return hydra_keys(case.program.file, folder, name, _chosen(case))


def is_plain_key(name: str, config: Mapping[str, Any] | None) -> bool:
    """Whether the code alone reads a key: it is in the config, no group's, in no other value.

    Args:
        name: The key, dotted, with a `+` before it where it is added.
        config: Every key of the config; None when not all can be seen.
    """
    key = name.lstrip("+")
    if config is None or key.startswith(("~", "hydra.")) or set("@/") & set(key):
        return False
    texts = [value for value in config.values() if isinstance(value, str) and "${" in value]
    inside = any(key.rpartition(".")[2] in value for value in texts)
    is_new = key not in config and not name.startswith("+")
    # A group chooses among config files.
    is_group = any(other.startswith(f"{key}.") for other in config) or config.get(key, "") is None
    return not (inside or is_new or is_group)


def _chosen(case: Case) -> dict[str, list[str]]:
    """What the command and the sweep choose of the config's groups, by the group."""
    chosen: dict[str, list[str]] = {}
    for word in case.command.words if case.command is not None else ():
        name, given, value = word.partition("=")
        if given and not name.startswith("-"):
            chosen[name] = [value]
    for parameter in case.sweep.parameters:
        values = listed(parameter.distribution)
        if len(parameter.path) == 1 and values is not None:
            chosen[parameter.path[0]] = [str(value) for value in values]
    return chosen


def _is_item(name: str, known: Mapping[str, Any]) -> bool:
    """Whether a dotted name is an item of a list in the config."""
    outer, _, index = name.rpartition(".")
    return index.isdigit() and isinstance(known.get(outer), list)


def hydra_keys(
    file: Path, folder: str | None, name: str, chosen: Mapping[str, list[str]] | None = None
) -> dict[str, Any] | None:
    """Every key of a Hydra config, dotted, with its value; None when not all can be seen.

    Args:
        file: The program.
        folder: The `config_path` that it names.
        name: The config's name.
        chosen: The options that are chosen of groups instead of the config's own.
    """
    return _Config(file.resolve().parent / (folder or "."), chosen or {}).keys(name)


class _Config:
    """A config folder. Anything that can't be followed makes the answer None."""

    def __init__(self, folder: Path, chosen: Mapping[str, list[str]]) -> None:
        self._folder = folder.resolve()
        self._chosen = chosen
        self._files = 0
        # The one option of each group that has been seen so far; None when there are several.
        self._groups: dict[str, str | None] = {}

    def keys(self, name: str) -> dict[str, Any] | None:
        """Every key of a config with its defaults, dotted, and its groups."""
        found: dict[str, Any] = {}
        added = [name[1:].lstrip("+") for name in self._chosen if name.startswith("+")]
        complete = self._add(name, "", found)
        for group in added if complete else ():
            for option in self._chosen.get(f"+{group}") or self._chosen[f"++{group}"]:
                if (self._folder / group).is_dir():
                    complete &= self._add(f"{group}/{option}", group.replace("/", "."), found)
        return found if complete else None

    def _add(self, name: str, package: str, found: dict[str, Any]) -> bool:
        loaded = self._load(name)
        if loaded is None:
            return False
        text, config = loaded
        if "@package" in text.partition("\n")[0]:
            if "_global_" not in text.partition("\n")[0]:
                return False
            package = ""
        defaults = config.pop("defaults", [])
        folder = name.rpartition("/")[0]
        for entry in defaults if isinstance(defaults, list) else [None]:
            if not self._add_default(entry, folder, found):
                return False
        _collect(config, package, found)
        return True

    def _add_default(self, entry: Any, folder: str, found: dict[str, Any]) -> bool:
        if entry == "_self_":
            return True
        if isinstance(entry, str):
            inner = f"{folder}/{entry}" if folder else entry
            return "@" not in entry and self._add(inner, folder.replace("/", "."), found)
        if not isinstance(entry, dict) or len(entry) != 1:
            return False
        group, choice = next(iter(entry.items()))
        group = str(group).removeprefix("optional ").removeprefix("override ").strip()
        choice = self._filled_in(choice)
        if group.startswith("hydra/"):
            return True
        if "@" in group or group.startswith("/") or isinstance(choice, list):
            return False
        whole = f"{folder}/{group}" if folder else group
        found[whole] = None
        if choice in (None, "???"):
            return choice is None
        options = self._chosen.get(whole, [str(choice)])
        self._groups[whole] = options[0] if len(options) == 1 else None
        return all(
            self._add(f"{whole}/{option}", whole.replace("/", "."), found) for option in options
        )

    def _filled_in(self, choice: Any) -> Any:
        """A choice with the choices of other groups that it names: `${model}-${dataset}`."""
        if not isinstance(choice, str) or "${" not in choice:
            return choice
        named = [self._groups.get(name) for name in _CHOICES.findall(choice)]
        if None in named:
            return "???"
        return _CHOICES.sub(lambda _: str(named.pop(0)), choice)

    def _load(self, name: str) -> tuple[str, dict[str, Any]] | None:
        self._files += 1
        stem = name.removesuffix(".yaml").removesuffix(".yml")
        for suffix in (".yaml", ".yml"):
            file = (self._folder / f"{stem}{suffix}").resolve()
            if not file.is_relative_to(self._folder) or self._files > _MAX_FILES:
                return None
            with suppress(FileNotFoundError):
                return load_config(file)
        return None


def _collect(config: dict[Any, Any], package: str, found: dict[str, Any]) -> None:
    parts = package.split(".") if package else []
    for size in range(1, len(parts) + 1):
        found.setdefault(".".join(parts[:size]))
    for key, value in config.items():
        name = f"{package}.{key}" if package else str(key)
        found[name] = None if isinstance(value, dict) else value
        if isinstance(value, dict):
            _collect(value, name, found)
