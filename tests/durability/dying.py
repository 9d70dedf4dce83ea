"""The backend's server, which kills itself before an answer when it is told to.

`python -m tests.durability.dying --data-dir DIR` is `python -m wandb_flyte.backend`, but for one
thing: while `DIR/die` exists, the next answer at an address that ends as the file says takes the
server with it. What was asked has then been done, and nobody knows. `--without WHAT` takes out
what makes repeats harmless.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


def append(_: Any, __: Any, chunk: Any, ___: str, known: int) -> Sequence[int]:
    """Rows at the end of what is there, wherever the client says that they belong."""
    return range(known, known + len(chunk.lines))


def forget(*_: Any) -> list[Any]:
    """No trial that an agent was given is given to it again."""
    return []


def leave_out(what: str) -> None:
    """Take one of the things out of this process that make repeats harmless."""
    from wandb_flyte.backend import trials
    from wandb_flyte.backend.store import streams

    if what == "offsets":
        streams._indices = append
    else:
        trials._reap_vanished = forget


def die_before_answers(data: Path) -> None:
    """Let answers kill the server while the file is there that asks for it."""
    place = data / "die"
    answer = Response.__call__

    async def die_or_answer(self: Response, scope: Scope, receive: Receive, send: Send) -> None:
        if place.exists() and scope["path"].endswith(place.read_text()):
            place.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        await answer(self, scope, receive, send)

    Response.__call__ = die_or_answer


def main() -> int:
    """Serve; gives the exit code."""
    from wandb_flyte.backend.__main__ import main as serve

    if "--without" in sys.argv:
        place = sys.argv.index("--without")
        leave_out(sys.argv[place + 1])
        del sys.argv[place : place + 2]
    die_before_answers(Path(sys.argv[sys.argv.index("--data-dir") + 1]))
    return serve()


if __name__ == "__main__":
    sys.exit(main())
