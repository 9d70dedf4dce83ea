"""The command line: one command a file, each imported when it is used."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

# The exit code after Ctrl-C.
INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    try:
        from wandb_flyte.cli._app import invoke
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    code = 1

    def leave() -> None:
        # The native threads of Flyte's client abort a process whose interpreter is torn down under
        # them: https://github.com/curioswitch/pyqwest/issues/164. May go with Python 3.13.
        if "pyqwest" not in sys.modules:
            return
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)

    # Most commands live for less than a second, and a seventh of it would go into looking for
    # garbage: all along, and once more at the end, when everything goes anyway.
    gc.set_threshold(50_000)
    atexit.register(leave)  # Registered first, so it is called after what libraries register.
    atexit.register(gc.freeze)
    code = invoke(sys.argv[1:])
    sys.exit(code)
