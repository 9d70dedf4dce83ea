"""The process's WANDB_* variables, as tasks that share a process set and leave them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

# Beside what we set: wandb.agent leaves these behind.
_GUARDED = (
    "WANDB_DIR",
    "WANDB_ENTITY",
    "WANDB_PROJECT",
    "WANDB_RUN_ID",
    "WANDB_SWEEP_ID",
    "WANDB_SWEEP_PARAM_PATH",
)

_lock = threading.Lock()
_active: list[Mapping[str, str]] = []
_before: dict[str, str | None] = {}


@contextmanager
def wandb_variables(values: Mapping[str, str]) -> Iterator[None]:
    """Sets WANDB_* variables inside a `with` block, and puts all of them back after the last one.

    The variables are the process's: where two blocks overlap, the one entered last counts.
    """
    with _lock:
        if not _active:
            _before.update({name: os.environ.get(name) for name in _GUARDED})
        _active.append(values)
        os.environ.update(values)
    try:
        yield
    finally:
        with _lock:
            _active.remove(values)
            if _active:
                os.environ.update(_active[-1])
            else:
                _restore()


def _restore() -> None:
    for name, value in _before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    _before.clear()
