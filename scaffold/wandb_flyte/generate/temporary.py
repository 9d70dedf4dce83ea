"""A folder for what only this process needs, gone with it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TRIES = 40
_WAIT_S = 0.05


@contextmanager
def temporary_folder() -> Iterator[str]:
    """An empty folder, removed afterwards whatever happens.

    A git that is killed by Ctrl-C may leave children that write for a moment longer, so that a
    folder just emptied has something in it again.
    """
    folder = tempfile.mkdtemp(prefix="wandb-flyte-")
    try:
        yield folder
    finally:
        for _ in range(_TRIES):
            shutil.rmtree(folder, ignore_errors=True)
            if not Path(folder).exists():
                break
            time.sleep(_WAIT_S)
