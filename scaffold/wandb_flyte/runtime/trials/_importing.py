"""What a file must not start while a worker process imports it: a sweep, whose workers do the same.

Without this a file that starts its sweep at its top level would start processes without end.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_stack

from wandb_flyte.errors import UserError
from wandb_flyte.runtime.trials.failures import is_users

_imports = False
_refused: UserError | None = None


@contextmanager
def importing() -> Iterator[None]:
    """Has sweeps and agents refused inside a `with` block; one that was is raised at its end.

    Raises:
        UserError: The file has started a sweep or an agent, whatever became of the error there.
    """
    global _imports, _refused
    _imports, _refused = True, None
    try:
        yield
    finally:
        _imports = False
        if _refused is not None:
            raise _refused from None


def refuse_while_importing(what: str) -> None:
    """Refuses to start something while a worker imports the objective's file.

    Args:
        what: What would be started, as the message names it.

    Raises:
        UserError: A worker imports the objective's file right now.
    """
    global _refused
    if not _imports:
        return
    _refused = UserError(
        f"{_place()} starts {what} whenever the file is imported, as each worker process does.",
        hint='Put it under `if __name__ == "__main__":`.',
    )
    raise _refused


def _place() -> str:
    """`FILE:LINE` of the statement that is being imported.

    Flyte's local mode runs tasks in other threads: the one that imports is the main one.
    """
    frame = sys._current_frames()[threading.main_thread().ident or 0]
    for each, line in walk_stack(frame):
        if each.f_code.co_name == "<module>" and is_users(each.f_code.co_filename):
            return f"{each.f_code.co_filename}:{line}"
    return "The objective's file"
