"""Whether a program may log a name that comes from where its source does not show it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wandb_flyte.analysis.config.pieces import Pieces
from wandb_flyte.analysis.metrics.packages import may_name

from .case import Case

# What reads config files.
_READERS = frozenset(
    {
        *("confuse", "dynaconf", "hydra", "json", "omegaconf", "orjson", "ruamel", "simplejson"),
        *("toml", "tomli", "tomllib", "yacs", "yaml"),
    }
)
_KINDS = (".cfg", ".ini", ".json", ".toml", ".yaml", ".yml")
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "venv", "wandb"})
_LARGEST = 100_000
_MOST_FOLDERS = 500
_MOST_FILES = 200
# What a sweep config has: the metric's name stands in it.
_SWEEP = re.compile(r"""^\s*["']?(method|parameters)["']?\s*:""", re.MULTILINE)
_WORDS = re.compile(r"[A-Za-z][\w.-]*(?:[/ ][\w.-]+)*")


def may_come_unseen(case: Case, names: tuple[str, ...]) -> bool:
    """Whether another package may bring one of some names, or the program have it in pieces.

    Args:
        case: The sweep and its code.
        names: The names.
    """
    flow = case.program.flow
    if case.program.starts:
        return True  # A program may hand names over to the one that started it.
    origins = (o for one in flow.scopes.reached for o in one.module.outside.values())
    packages = {one.partition(".")[0] for one in origins}
    if any(may_name(packages, name) for name in names):
        return True
    words = {*_given(case)}
    if packages & _READERS:
        written = _written()
        if written is None:
            return True
        words |= written
    pieces = Pieces(flow, case.program.mentions.texts.plain)
    return any(pieces.make(name, words) for name in names)


def _given(case: Case) -> Iterator[str]:
    """The texts that the sweep and its command give the program."""
    for word in case.command.words if case.command is not None else ():
        yield from _WORDS.findall(word)
    yield from _texts(case.document.raw.get("parameters"))


def _texts(values: Any) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping | list):
        for value in [*values, *values.values()] if isinstance(values, Mapping) else values:
            yield from _texts(value)


def _written() -> set[str] | None:
    """The words of the config files here, but for sweep configs; None where there are too many."""
    found: set[str] = set()
    files = 0
    for folders, (where, inner, names) in enumerate(os.walk(Path.cwd())):
        inner[:] = [one for one in inner if one not in _SKIPPED and not one.startswith(".")]
        chosen = [Path(where, one) for one in names if one.endswith(_KINDS)]
        files += len(chosen)
        if folders > _MOST_FOLDERS or files > _MOST_FILES:
            return None
        for file in chosen:
            try:
                if file.stat().st_size > _LARGEST:
                    continue
                text = file.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            if len({*_SWEEP.findall(text)}) < 2:
                found |= {part for one in _WORDS.findall(text) for part in (one, *one.split())}
    return found
