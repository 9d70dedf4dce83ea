"""`python -m wandb_flyte.backend`: the local backend as a process."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from wandb_flyte._agreed import LOCAL_EXTRA
from wandb_flyte.errors import UserError


def main() -> int:
    """Serve until SIGTERM or SIGINT; gives the exit code.

    Returns:
        0 after a clean end, 1 when the port is taken, 3 when another server holds the data
        folder, 4 when the `local` extra is not installed.
    """
    parser = argparse.ArgumentParser(prog="python -m wandb_flyte.backend", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="where everything is kept")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, help="default: the last one used, or any free one")
    parser.add_argument(
        "--crash-after",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="silence after which a run counts as crashed (default: %(default)s)",
    )
    options = parser.parse_args()
    missing = [name for name in LOCAL_EXTRA if find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"the local backend needs {', '.join(f'`{name}`' for name in missing)}:"
            " pip install 'wandb-flyte[local]'\n"
        )
        return 4
    from wandb_flyte.backend.errors import not_stored
    from wandb_flyte.backend.serve import serve

    try:
        serve(
            options.data_dir,
            host=options.host,
            port=options.port,
            crash_after_s=options.crash_after,
        )
    except UserError as error:
        sys.stderr.write(str(error).replace("\n", " ") + "\n")
        return error.exit_code
    except Exception as error:
        if (full := not_stored(error)) is None:
            raise
        sys.stderr.write(f"`{options.data_dir}`: {full.message}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
