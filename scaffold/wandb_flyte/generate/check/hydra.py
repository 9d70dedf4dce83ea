"""The keys of a Hydra config, read from its files: an override of any other key fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wandb_flyte.errors import Finding
from wandb_flyte.generate.names import show

from .case import Case, near

_MAX_BYTES = 256 * 1024
_MAX_FILES = 100


def missing_keys(case: Case) -> Iterator[Finding]:
    """Parameters that override a key which the Hydra config does not have."""
    command, interface = case.command, case.program.interface
    assert command is not None  # noqa: S101 - only scripts have a command line
    if command.passes != "plain" or interface.open:
        return
    words = command.words
    name = interface.config_name or ""
    for index, word in enumerate(words):
        if word.startswith(("--config-path", "--config-dir", "-cp", "-cd")):
            return
        if word.partition("=")[0] in ("--config-name", "-cn"):
            _, given, value = word.partition("=")
            name = value if given else words[index + 1] if index + 1 < len(words) else name
    known = hydra_keys(case.program.file, interface.config_dir, name)
    if known is None:
        return
    for top in case.sweep.names:
        if top in known or top.startswith(("+", "~", "hydra.")):
            continue
        message = f"The Hydra config has no key `{show(top)}`: it would stop."
        other = near(top, known)
        hint = f"Did you mean `{show(other)}`?" if other else "Write it as `+` " + show(top) + "."
        if not other:
            hint = "Add it to the config, or use `${args_append_hydra}`."
        yield case.in_sweep(("parameters", top), message, hint, "WF207", "error")


def hydra_keys(file: Path, folder: str | None, name: str) -> dict[str, Any] | None:
    """Every key of a Hydra config, dotted, with its value; None when not all can be seen.

    Args:
        file: The program.
        folder: The `config_path` that it names.
        name: The config's name.
    """
    return _Config(file.resolve().parent / (folder or ".")).keys(name)


class _Config:
    """A config folder. Anything that can't be followed makes the answer None."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._files = 0

    def keys(self, name: str) -> dict[str, Any] | None:
        """Every key of a config with its defaults, dotted, and its groups."""
        found: dict[str, Any] = {}
        complete = self._add(name, "", found)
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
        if group.startswith("hydra/"):
            return True
        if "@" in group or group.startswith("/") or isinstance(choice, list):
            return False
        whole = f"{folder}/{group}" if folder else group
        found[whole] = None
        if choice in (None, "???"):
            return choice is None
        option = str(choice).removesuffix(".yaml").removesuffix(".yml")
        return self._add(f"{whole}/{option}", whole.replace("/", "."), found)

    def _load(self, name: str) -> tuple[str, dict[str, Any]] | None:
        import yaml

        self._files += 1
        stem = name.removesuffix(".yaml").removesuffix(".yml")
        for suffix in (".yaml", ".yml"):
            file = (self._folder / f"{stem}{suffix}").resolve()
            if not file.is_relative_to(self._folder) or self._files > _MAX_FILES:
                return None
            try:
                if file.stat().st_size > _MAX_BYTES:
                    return None
                text = file.read_text(encoding="utf-8")
                if "*" in text and "&" in text:
                    return None  # Anchors can stand for much more than they take to write.
                config = yaml.safe_load(text)
            except FileNotFoundError:
                continue
            except (OSError, ValueError, RecursionError, yaml.YAMLError):
                return None
            return (text, config or {}) if isinstance(config or {}, dict) else None
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
