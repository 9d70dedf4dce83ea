"""The keys of a Hydra config, put together from its files as Hydra does it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from wandb_flyte.analysis.source.config_files import load_config
from wandb_flyte.analysis.source.makers import TARGET
from wandb_flyte.analysis.source.unknown import UNKNOWN

# What Hydra has for a value that has to be given.
MISSING = "???"
_MAX_FILES = 100
_MAX_ROUNDS = 5
_CHOICES = re.compile(r"\$\{(\w+)\}")
_PLAIN = re.compile(r"[\w./-]+")
_PACKAGE = re.compile(r"#\s*@package\s+(\S+)")

# A text that may say the package, and the keys, of each config by its name.
Stored = Mapping[str, tuple[str, dict[str, Any]]]


def hydra_keys(
    file: Path,
    folder: str | None,
    name: str,
    chosen: Mapping[str, list[str]] | None = None,
    stored: Stored | None = None,
) -> dict[str, Any] | None:
    """Every key of a Hydra config, dotted, with its value; None when not all can be seen.

    The value is `UNKNOWN` where there may be any keys below.

    Args:
        file: The program.
        folder: The `config_path` that it names.
        name: The config's name.
        chosen: The options that are chosen of groups instead of the config's own.
        stored: The configs that the program itself stores, as `stored_configs` gives them.
    """
    composed = _composed(file, folder, name, chosen, stored)
    return composed and composed[1]


def hydra_targets(
    file: Path,
    folder: str | None,
    name: str,
    chosen: Mapping[str, list[str]] | None = None,
    stored: Stored | None = None,
) -> list[tuple[str, Any]] | None:
    """Each `_target_` that any file of a Hydra config names, with the dotted key of its place.

    The arguments are those of `hydra_keys`. None when not all can be seen.
    """
    composed = _composed(file, folder, name, chosen, stored)
    return composed and composed[0].targets


class Absent(NamedTuple):
    """A file that a Hydra config is put together from, and that is not there.

    Attributes:
        name: The file from the config folder on, as it is named.
        by: The config that names it, in the same way; empty for the one that a program starts with.
        group: The config group that it is an option of; empty for a file beside the list's own.
    """

    name: str
    by: str = ""
    group: str = ""


def hydra_absent(
    file: Path, folder: str | None, name: str, chosen: Mapping[str, list[str]] | None = None
) -> list[Absent]:
    """The files that a Hydra config is put together from, and that are not there.

    The arguments are those of `hydra_keys`. None where the config looks for files elsewhere, too;
    and where it chooses groups anew itself, only those that are chosen for it.
    """
    given = chosen or {}
    config = _Config(file.resolve().parent / (folder or "."), given)
    config.keys(name)
    if config.searches:
        return []
    is_sure = not config.overrides
    return [one for one in config.absent if is_sure or _is_chosen(one, given, config.overrides)]


def _is_chosen(one: Absent, chosen: Mapping[str, Any], overrides: Mapping[str, Any]) -> bool:
    return bool(one.group) and one.group in chosen and one.group not in overrides


def targets_in(values: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Each `_target_` below a part of a config, with the dotted key of its place.

    Args:
        values: A mapping or a list.
        place: Its own dotted key.
    """
    items = values.items() if isinstance(values, Mapping) else enumerate(values)
    for key, value in items:
        if key == TARGET:
            yield place, value
        elif isinstance(value, Mapping | list):
            yield from targets_in(value, f"{place}.{key}".lstrip("."))


def _composed(
    file: Path,
    folder: str | None,
    name: str,
    chosen: Mapping[str, list[str]] | None,
    stored: Stored | None,
) -> tuple[_Config, dict[str, Any]] | None:
    """A config, and every key of it; None when not all can be seen."""
    place, options = file.resolve().parent / (folder or "."), dict(chosen or {})
    for _ in range(_MAX_ROUNDS):
        config = _Config(place, options, stored or {})
        found = config.keys(name)
        if found is None:
            return None
        # What `override` chooses holds for the whole config, wherever it stands.
        if not config.overrides:
            return config, found
        options |= config.overrides
    return None


class _Default(NamedTuple):
    """One entry of a defaults list.

    Attributes:
        group: The config group, from the config folder on; empty for a file beside the list's own.
        package: Where its keys go.
        options: The files that are chosen.
        optional: Whether they may be missing.
        placed: Whether the entry itself says where they go.
        around: Where the keys of the list's own config go.
    """

    group: str
    package: str
    options: list[str]
    optional: bool = False
    placed: bool = False
    around: str = ""


class _Config:
    """A config folder. Anything that can't be followed makes the answer None.

    Attributes:
        overrides: What the config itself chooses anew of its groups.
        targets: Each `_target_` that its files name, with the dotted key of its place.
        absent: The files that it names and that are not there.
        searches: Whether it says where else Hydra looks for files.
    """

    def __init__(
        self, folder: Path, chosen: Mapping[str, list[str]], stored: Stored | None = None
    ) -> None:
        self._folder = folder.resolve()
        self._chosen = chosen
        self._stored = stored or {}
        self._files = 0
        self.overrides: dict[str, list[str]] = {}
        self.targets: list[tuple[str, Any]] = []
        self.absent: list[Absent] = []
        self.searches = False
        # Below these may be any keys.
        self._open: set[str] = set()
        # The one option of each group that has been seen so far; None when there are several.
        self._groups: dict[str, str | None] = {}

    def keys(self, name: str) -> dict[str, Any] | None:
        """Every key of a config with its defaults, dotted, and its groups."""
        found: dict[str, Any] = {}
        added = [name[1:].lstrip("+") for name in self._chosen if name.startswith("+")]
        complete = self._add(Absent(name), "", found)
        for group in added if complete else ():
            for option in self._chosen.get(f"+{group}") or self._chosen[f"++{group}"]:
                if (self._folder / group).is_dir():
                    named = Absent(f"{group}/{option}", group=group)
                    complete &= self._add(named, group.replace("/", "."), found)
        return found | dict.fromkeys(self._open, UNKNOWN) if complete else None

    def _add(
        self,
        named: Absent,
        package: str,
        found: dict[str, Any],
        *,
        around: str = "",
        placed: bool = False,
    ) -> bool:
        name = named.name
        if not self._is_there(name):
            self.absent.append(named)
        loaded = self._load(name)
        if loaded is None:
            return False
        text, config = loaded
        if name in self._stored and self._file(name) is not None:
            _collect(self._stored[name][1], package, found)  # The schema of an older Hydra.
        header = _PACKAGE.match(text.partition("\n")[0])
        if header is not None and not placed:
            if header[1] == "_group_":  # Since Hydra 1.2 it is a name like any other.
                _collect(config, _placed("_group_", around), found)
            elif "_group_" in header[1] or "_name_" in header[1]:
                return False
            else:
                package = _placed(header[1], around)
        defaults = config.pop("defaults", [])
        self.searches |= "searchpath" in text
        if TARGET in text:
            self.targets += targets_in(config, package)
        entries = defaults if isinstance(defaults, list) else [None]
        # Later ones win; without `_self_` a config's own keys come last.
        complete = True
        for entry in entries if "_self_" in entries else [*entries, "_self_"]:
            if entry == "_self_":
                _collect(config, package, found)
                self._open |= {key for key, value in found.items() if value is UNKNOWN}
            else:
                # Behind what is not there may stand what chooses another file instead.
                complete &= self._add_entry(entry, name, package, found)
        return complete

    def _add_entry(self, entry: Any, by: str, package: str, found: dict[str, Any]) -> bool:
        folder = by.rpartition("/")[0]
        if isinstance(entry, str):
            return self._add_default(_file_entry(entry, folder, package), by, found)
        if not isinstance(entry, dict) or len(entry) != 1:
            return False
        key, choice = next(iter(entry.items()))
        words = str(key).split()
        group, at, place = words[-1].partition("@")
        whole = group.lstrip("/")
        whole = f"{folder}/{whole}" if folder and not group.startswith("/") else whole
        if whole == "hydra" or whole.startswith("hydra/"):
            return True
        choice = self._filled_in(choice)
        named = f"{whole}@{place}" if at else whole
        if "override" in words[:-1]:
            if named not in self._chosen:
                self.overrides[named] = _options(choice)
            return True
        found[whole] = None
        if choice in (None, MISSING) and named not in self._chosen:
            return choice is None
        options = self._chosen.get(named, _options(choice))
        self._groups[whole] = options[0] if len(options) == 1 else None
        where = _placed(place or group.lstrip("/").replace("/", "."), package)
        return self._add_default(
            _Default(whole, where, options, "optional" in words[:-1], bool(at), package), by, found
        )

    def _add_default(self, default: _Default, by: str, found: dict[str, Any]) -> bool:
        complete = True
        for option in default.options:
            name = f"{default.group}/{option}" if default.group else option
            if default.optional and self._file(name) is None and name not in self._stored:
                continue
            named = Absent(name, by, default.group)
            around, placed = default.around, default.placed
            complete &= self._add(named, default.package, found, around=around, placed=placed)
        return complete

    def _filled_in(self, choice: Any) -> Any:
        """A choice with the choices of other groups that it names: `${model}-${dataset}`."""
        if not isinstance(choice, str) or "${" not in choice:
            return choice
        named = [self._groups.get(name) for name in _CHOICES.findall(choice)]
        if None in named:
            return MISSING
        return _CHOICES.sub(lambda _: str(named.pop(0)), choice)

    def _load(self, name: str) -> tuple[str, dict[str, Any]] | None:
        self._files += 1
        file = self._file(name) if self._files <= _MAX_FILES else None
        if file is None and name in self._stored:
            package, config = self._stored[name]
            return package, dict(config)
        with suppress(FileNotFoundError):
            return load_config(file) if file is not None else None
        return None

    def _is_there(self, name: str) -> bool:
        """Whether there is a file of a name, also behind a link; of a name that is made, too."""
        return not _PLAIN.fullmatch(name) or any(map(Path.exists, files_of(self._folder, name)))

    def _file(self, name: str) -> Path | None:
        files = map(Path.resolve, files_of(self._folder, name))
        inside = (one for one in files if one.is_relative_to(self._folder))
        return next((one for one in inside if one.is_file()), None)


def files_of(folder: Path, name: str) -> list[Path]:
    """The files that a name of a Hydra config may mean, from its folder on."""
    stem = name.removesuffix(".yaml").removesuffix(".yml")
    return [folder / f"{stem}{end}" for end in (".yaml", ".yml")]


def _options(choice: Any) -> list[str]:
    if choice is None:
        return []
    return [str(one) for one in choice] if isinstance(choice, list) else [str(choice)]


def _file_entry(entry: str, folder: str, package: str) -> _Default:
    """A file that a defaults list names without a group: one beside the list's own."""
    name, at, place = entry.partition("@")
    name = name[1:] if name.startswith("/") else f"{folder}/{name}" if folder else name
    return _Default("", _placed(place, package), [name], placed=bool(at), around=package)


def _placed(place: str, package: str) -> str:
    """Where keys go that an entry puts at a place, from the package of the entry's own config."""
    if place.startswith("_global_"):
        return place.removeprefix("_global_").lstrip(".")
    inner = place.removeprefix("_here_").lstrip(".")
    return ".".join(part for part in (package, inner) if part)


def _collect(config: dict[Any, Any], package: str, found: dict[str, Any]) -> None:
    parts = package.split(".") if package else []
    for size in range(1, len(parts) + 1):
        found.setdefault(".".join(parts[:size]))
    for key, value in config.items():
        name = f"{package}.{key}" if package else str(key)
        if value == MISSING and name in found:
            continue  # What was given before stays.
        found[name] = None if isinstance(value, dict) else value
        if isinstance(value, dict):
            _collect(value, name, found)
