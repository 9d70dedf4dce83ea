"""What `instantiate` makes of a Hydra config: whether any of it may log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .case import Case

# Packages whose optimizers, layers, transforms and metrics log nothing.
_SILENT = frozenset(
    {
        *("albumentations", "builtins", "functools", "numpy", "pathlib", "sklearn", "timm"),
        *("torch", "torchaudio", "torchmetrics", "torchvision"),
    }
)
_LOGS = re.compile(r"\blog(_dict|_metrics?|ger)?\b|wandb", re.IGNORECASE)
_MAX_BYTES = 256 * 1024


def makes_only_silent(case: Case, config: Mapping[str, Any] | None) -> bool:
    """Whether nothing logs that a Hydra config names as a `_target_`.

    Args:
        case: The sweep and its program.
        config: Every key of the config with its value; None when not all of it can be seen.
    """
    if config is None:
        return False
    folders = {case.program.file.resolve().parent, Path.cwd()}
    roots = [*folders, *(folder.parent for folder in folders), *(f / "src" for f in folders)]
    return all(_is_silent(target, roots) for target in _targets(config))


def _targets(values: Any) -> Iterator[str]:
    items = values.items() if isinstance(values, Mapping) else enumerate(values)
    for key, value in items:
        if isinstance(key, str) and key.rpartition(".")[2] == "_target_":
            yield str(value)
        elif isinstance(value, Mapping | list):
            yield from _targets(value)


def _is_silent(target: str, roots: list[Path]) -> bool:
    """Whether an object of this dotted name logs nothing, by its package or by its file."""
    modules = target.split(".")[:-1]
    if modules and modules[0] in _SILENT:
        return True
    if not all(part.isidentifier() for part in modules):
        return False
    for root in roots if modules else []:
        file = root.joinpath(*modules).with_suffix(".py")
        with suppress(OSError):  # What can't be read may log.
            if file.is_file() and file.stat().st_size <= _MAX_BYTES:
                return not _LOGS.search(file.read_text(encoding="utf-8", errors="replace"))
    return False
