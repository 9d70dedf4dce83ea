"""`POST /files/{entity}/{project}/{run}/file_stream`: what a run logs while it runs.

The format is that of wandb-core: line offsets, whole summaries, `complete` and `exitcode`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_flyte.backend import historykeys, jsontext
from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.recording import StreamPost
from wandb_flyte.backend.store.streams import EVENTS, HISTORY, LOG, Chunk

_STREAMS = {"wandb-history.jsonl": HISTORY, "wandb-events.jsonl": EVENTS}
_SUMMARY = "wandb-summary.json"
_MOST_OFFSET = 2**40
# The client's posts have up to 10 MiB, and its shortest line, a time stamp, has some 30 bytes.
_MOST_LINES = 400_000
# The client leaves out lines of more than about 10 MiB.
_LONGEST_LINE = 16 * 1024 * 1024
_LARGEST = 2**62


def parse(body: Mapping[str, Any], writer: str = "", agent: str = "") -> StreamPost:
    """What the post says.

    Raises:
        BackendError: It is no file stream post.
    """
    chunks: list[Chunk] = []
    summary = None
    files = {} if body.get("files") is None else body["files"]
    if not isinstance(files, dict):
        raise BackendError("`files` is not an object", status=400)
    for name, part in files.items():
        offset, lines = _part(name, part)
        if not lines:
            continue
        if name == _SUMMARY:
            summary = lines[-1]
        elif name in _STREAMS:
            chunks.append(_chunk(_STREAMS[name], offset, lines))
        elif name.startswith("output") and name.endswith(".log"):
            chunks.append(Chunk(LOG, offset, lines))
    exit_code = body.get("exitcode")
    return StreamPost(
        chunks=chunks,
        summary=summary,
        complete=bool(body.get("complete")),
        exit_code=_whole(exit_code),
        preempting=bool(body.get("preempting")),
        writer=writer,
        agent=agent,
    )


def _part(name: str, part: Any) -> tuple[int, list[str]]:
    offset, lines = (part.get("offset"), part.get("content")) if isinstance(part, dict) else (0, 0)
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise BackendError(f"`{name}` has no list of lines in `content`", status=400)
    if len(lines) > _MOST_LINES:
        message = f"`{name}` has {len(lines)} lines in one post: send at most {_MOST_LINES}"
        raise BackendError(message, status=413)
    longest = max(map(len, lines), default=0)
    if longest > _LONGEST_LINE:
        message = f"`{name}` has a line of {longest} characters: send at most {_LONGEST_LINE}"
        raise BackendError(message, status=413)
    offset = offset or 0
    if not isinstance(offset, int) or not 0 <= offset <= _MOST_OFFSET:
        raise BackendError(f"`{name}` has the offset `{offset}`", status=400)
    return offset, lines


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and abs(value) <= _LARGEST else None


def _chunk(stream: str, offset: int, lines: list[str]) -> Chunk:
    if stream != HISTORY:
        return Chunk(stream, offset, lines)
    rows = [jsontext.mapping(line) for line in lines]
    steps = [_whole(row.get("_step")) for row in rows]
    return Chunk(stream, offset, lines, steps, historykeys.count(rows))
