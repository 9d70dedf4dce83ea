"""What the files around a program say: one that it starts may be any of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from wandb_flyte.analysis.program import Program

from .case import Case
from .named import MOST_FILES, files_below

_CODE = frozenset({".ipynb", ".py", ".sh"})
_SETTINGS = frozenset({".cfg", ".gin", ".ini", ".json", ".jsonnet", ".toml", ".yaml", ".yml"})
# Settings that are larger are data.
_MAX_BYTES = 256 * 1024
_IS_SWEEP = r"(?m)^(method|parameters)\s*:"
# What takes the whole of a trial's config, and not some keys of it.
_TAKES_ALL = r"\b(?:wandb|run)\.config\b(?!\s*\[)(?!\.(?!(?:as_dict|items|keys|values)\b))"


class Around:
    """The code and the settings below the folders of a sweep config and its program.

    Args:
        case: The sweep and its program.
        started: The programs that are known to be started.
    """

    def __init__(self, case: Case, started: Iterable[Program]) -> None:
        self._case = case
        self._programs = (case.program, *started)

    def may_ask(self, path: tuple[str, ...]) -> bool:
        """Whether any program here may ask for a hyperparameter, once the one at hand starts it."""
        unseen = self._goes_on or self._is_elsewhere or self._takes_all
        return unseen or self._names(path[-1].rpartition(".")[2])

    @cached_property
    def _is_elsewhere(self) -> bool:
        """Whether none of the files is a program that may be started."""
        return self._texts is None or not any(file.suffix in _CODE for file in self._others)

    @cached_property
    def _others(self) -> dict[Path, str]:
        own = {module.resolve() for one in self._programs for module in one.modules}
        return {file: text for file, text in (self._texts or {}).items() if file not in own}

    @cached_property
    def _goes_on(self) -> bool:
        """Whether the program may give all that it gets to another."""
        program, command = self._case.program, self._case.command
        holders = (program.config, program.merged, program.args, program.hydra)
        has_words = command is not None and bool(command.passes) and program.interface.open
        return has_words or any(one.wholes for one in holders)

    def _names(self, name: str) -> bool:
        """Whether a file has a word for a hyperparameter, or there are too many to look."""
        parts = (re.escape(one) for one in re.split(r"[-_]", name))
        word = re.compile(rf"(?<![^\W_]){'[-_]?'.join(parts)}(?![^\W_])", re.IGNORECASE)
        return self._texts is None or any(word.search(one) for one in self._texts.values())

    @cached_property
    def _takes_all(self) -> bool:
        """Whether other code than the programs' asks a run for its whole config."""
        return any(re.search(_TAKES_ALL, text) for text in self._others.values())

    @cached_property
    def _texts(self) -> dict[Path, str] | None:
        found: dict[Path, str] = {}
        for count, file in enumerate(self._files()):
            if count > MOST_FILES:
                return None
            try:
                content = file.read_text("utf-8", "replace") if _may_say(file) else ""
            except OSError:
                return None
            if content and not _is_sweep(file, content):
                found[file.resolve()] = content
        return found

    def _files(self) -> Iterator[Path]:
        spec = self._case.document.path.absolute()
        folders = {Path.cwd(), spec.parent, self._case.program.file.resolve().parent}
        return (file for file in files_below(folders) if file.absolute() != spec)


def _may_say(file: Path) -> bool:
    is_settings = file.suffix in _SETTINGS and file.is_file()
    return file.suffix in _CODE or (is_settings and file.stat().st_size <= _MAX_BYTES)


def _is_sweep(file: Path, content: str) -> bool:
    is_yaml = file.suffix in (".yaml", ".yml")
    return is_yaml and len(set(re.findall(_IS_SWEEP, content))) == 2
