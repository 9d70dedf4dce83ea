"""Uploading and downloading the bytes of artifacts, which are kept by their MD5."""

from __future__ import annotations

import asyncio
import hmac
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from wandb_flyte.backend import addresses, auth, durable, filepaths, uploads
from wandb_flyte.backend.errors import BackendError, NotFound
from wandb_flyte.backend.store import Database, artifacts, blobs

_MD5 = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class BlobStore:
    """The bytes of artifacts.

    Args:
        database: Knows which bytes are there.
        folder: Where they are.
        key: The server's key, which signs addresses.
        authenticate: Whose a client's key is.
    """

    database: Database
    folder: Path
    key: str
    authenticate: auth.Authenticate

    def routes(self) -> list[BaseRoute]:
        """The addresses under which the bytes are."""
        return [
            Route("/artifacts/uploads/{artifact}/{md5}", self.put_file, methods=["PUT"]),
            Route("/artifacts/manifests/{manifest}", self.put_manifest, methods=["PUT"]),
            Route("/wandb_artifacts/{md5}/{name}", self.get, methods=["GET"]),
            Route("/wandb_manifests/{md5}/{name}", self.get, methods=["GET"]),
            # The addresses that the client makes up by itself.
            Route("/artifacts/{entity}/{md5}", self.get, methods=["GET"]),
            Route("/artifactsV2/{place:path}/{md5}/{name}", self.get, methods=["GET"]),
        ]

    async def put_file(self, request: Request) -> Response:
        """Take in a file of an artifact."""
        number, md5 = request.path_params["artifact"], request.path_params["md5"]
        self._check(request, "put", "put-blob", number, md5)
        artifact = _pk(number)

        def note(db: sqlite3.Connection, received: str, size: int) -> None:
            if received != md5:
                raise BackendError("the upload is not the file that was announced", status=400)
            artifacts.get(db, artifact)
            blobs.note(db, md5, size, artifact)

        return await self._store(request, note)

    async def put_manifest(self, request: Request) -> Response:
        """Take in the manifest of an artifact."""
        number = request.path_params["manifest"]
        self._check(request, "put", "put-manifest", number)
        pk = _pk(number)

        def note(db: sqlite3.Connection, received: str, size: int) -> None:
            manifest = blobs.manifest(db, pk)
            if manifest is None:
                raise NotFound("the artifact does not exist")
            blobs.note(db, received, size, manifest.artifact_pk)
            blobs.fill_manifest(db, manifest, received)

        return await self._store(request, note)

    async def get(self, request: Request) -> Response:
        """Give bytes out, to whoever has the key or an address given out by this server."""
        md5 = request.path_params["md5"]
        self._check(request, "get", "get-blob", md5)
        place = filepaths.stored_path(self.folder, md5)
        if not _MD5.fullmatch(md5) or not await asyncio.to_thread(place.is_file):
            raise NotFound("no artifact has these bytes")
        return FileResponse(
            place,
            media_type=filepaths.mimetype(request.path_params.get("name", "")),
            headers={"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"},
        )

    async def discard(self, dropped: Sequence[str]) -> None:
        """Remove these bytes, unless they have come anew in the meantime."""

        def remove(db: sqlite3.Connection) -> None:
            for md5 in dropped:
                if blobs.bringer(db, md5) is None:
                    filepaths.stored_path(self.folder, md5).unlink(missing_ok=True)

        if dropped:
            await asyncio.wrap_future(self.database.write(remove))

    async def _store(
        self, request: Request, note: Callable[[sqlite3.Connection, str, int], None]
    ) -> Response:
        scratch, size, md5 = await uploads.receive(request, self.folder)
        place = filepaths.stored_path(self.folder, md5)

        def keep(db: sqlite3.Connection) -> None:
            # In the writer's thread, as `discard` is: the two can't cross.
            note(db, md5, size)
            durable.put_in_place(scratch, place)

        try:
            await asyncio.to_thread(durable.sync, scratch)
            await asyncio.wrap_future(self.database.write(keep))
        finally:
            scratch.unlink(missing_ok=True)
        return Response(status_code=200)

    def _check(self, request: Request, mode: str, *parts: str) -> None:
        given = request.query_params.get(mode, "")
        if hmac.compare_digest(given.encode(), addresses.token(self.key, *parts).encode()):
            return
        if self.authenticate(auth.given_key(request.headers.get("authorization"))) is None:
            raise BackendError("the API key is missing or wrong", status=401)


def _pk(text: str) -> int:
    # As long as SQLite's integers are for sure.
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise NotFound("the artifact does not exist")
    return int(text)
