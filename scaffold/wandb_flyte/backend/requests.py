"""Reading request bodies within bounds, and answering in JSON."""

from __future__ import annotations

import asyncio
import json
import zlib
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wandb_flyte.backend import jsontext
from wandb_flyte.backend.errors import BackendError

# The client splits its posts at about 10 MiB, and takes a 413 as the end of the run's upload.
# What it counts is the lines; as JSON within JSON they can have several times as many bytes.
MOST_BYTES = 64 * 1024 * 1024
# A body from this size on is read in a thread: it takes some milliseconds; a gzipped one may be
# a thousand times as large as it looks.
_LARGE = 256 * 1024
_LARGE_GZIPPED = 4 * 1024


async def json_body(request: Request) -> dict[str, Any]:
    """The JSON object in the body, which may be gzipped; bare NaN is allowed.

    Raises:
        BackendError: It is too large, or no JSON object.
    """
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        _check_size(size)
        chunks.append(chunk)
    text = b"".join(chunks)
    encoding = request.headers.get("content-encoding", "identity")
    if encoding not in ("gzip", "identity"):
        raise BackendError(f"bodies can't be encoded as `{encoding}`", status=400)
    gzipped = encoding == "gzip"
    if size > (_LARGE_GZIPPED if gzipped else _LARGE):
        return await asyncio.to_thread(_object, text, gzipped=gzipped)
    return _object(text, gzipped=gzipped)


def _object(text: bytes, *, gzipped: bool) -> dict[str, Any]:
    if gzipped:
        text = _gunzip(text)
    if not text.strip():
        return {}
    try:
        value = jsontext.loads(text)
    except ValueError as error:
        raise BackendError(f"the body can't be read as JSON: {error}", status=400) from None
    if not isinstance(value, dict):
        raise BackendError("the body is not a JSON object", status=400)
    return value


def _gunzip(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        text = unpacker.decompress(packed, MOST_BYTES + 1)
    except zlib.error as error:
        raise BackendError(f"the body is not gzip: {error}", status=400) from None
    _check_size(len(text))
    return text


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise BackendError(f"the body is larger than {MOST_BYTES} bytes", status=413)


def answer(body: Any, status: int = 200) -> Response:
    """A strict JSON response."""
    try:
        text = json.dumps(body, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(jsontext.strict(body), allow_nan=False, separators=(",", ":"))
    return Response(text, status_code=status, media_type="application/json")
