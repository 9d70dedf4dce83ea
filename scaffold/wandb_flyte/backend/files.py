"""`/storage/{entity}/{project}/{run}/{name}`: uploading and downloading the files of runs."""

from __future__ import annotations

import asyncio
import hmac
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from wandb_flyte.backend import addresses, auth, durable, filepaths, uploads
from wandb_flyte.backend.errors import BackendError, NotFound
from wandb_flyte.backend.store import Database, File, Run, files, projects, runs


@dataclass(frozen=True)
class FileStore:
    """The data folder's files.

    Args:
        database: Knows which run has which file.
        folder: Where the bytes are.
        key: The server's key, which signs the addresses of files.
        authenticate: Whose a client's key is.
    """

    database: Database
    folder: Path
    key: str
    authenticate: auth.Authenticate

    async def put(self, request: Request) -> Response:
        """Take a file in. Uploads by runs carry no key: the address itself proves them."""
        path = _path(request)
        if not self._proven(request, "put", path):
            raise BackendError("this upload address was not given out by this server", status=403)
        filepaths.check_file_name(path[3])
        run = await asyncio.to_thread(self._run, path)
        scratch, size, digest = await uploads.receive(request, self.folder)
        file = File(
            run_pk=run.pk,
            name=path[3],
            size=size,
            md5=digest,
            mimetype=filepaths.mimetype(path[3]) or "application/octet-stream",
            stored_as=filepaths.stored_name(),
            updated_at=time.time(),
        )
        place = filepaths.stored_path(self.folder, file.stored_as)

        def note(db: sqlite3.Connection) -> str | None:
            if not runs.exists(db, run.pk):
                raise NotFound(f"run `{path[2]}` was deleted")
            return files.put(db, file)

        try:
            await asyncio.to_thread(durable.sync, scratch)
            await asyncio.to_thread(durable.put_in_place, scratch, place)
            old = await asyncio.wrap_future(self.database.write(note))
        except Exception:
            # Not when the server is stopped meanwhile: the row may still be written.
            scratch.unlink(missing_ok=True)
            place.unlink(missing_ok=True)
            raise
        self.discard([old] if old else [])
        return Response(status_code=200)

    async def get(self, request: Request) -> Response:
        """Give a file out, to whoever has the key or an address given out by this server."""
        path = _path(request)
        if not self._proven(request, "get", path):
            raise BackendError("the API key is missing or wrong", status=401)
        file = await asyncio.to_thread(self._file, path)
        return FileResponse(
            filepaths.stored_path(self.folder, file.stored_as),
            media_type=filepaths.mimetype(file.name) or "application/octet-stream",
            # Uploaded HTML is shown as a download, never run as a page of this server.
            headers={"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"},
        )

    def discard(self, stored: list[str]) -> None:
        """Remove bytes that no run owns any more."""
        for name in stored:
            filepaths.stored_path(self.folder, name).unlink(missing_ok=True)

    def _proven(self, request: Request, mode: str, path: tuple[str, str, str, str]) -> bool:
        key = auth.given_key(request.headers.get("authorization"))
        if self.authenticate(key) is not None:
            return True
        given = request.query_params.get(mode, "")
        wanted = addresses.token(self.key, mode, *path)
        return hmac.compare_digest(given.encode(), wanted.encode())

    def _run(self, path: tuple[str, str, str, str]) -> Run:
        with self.database.read() as db:
            project = projects.find(db, path[0], path[1])
            run = runs.find(db, project, path[2]) if project else None
        if run is None:
            raise NotFound(f"run `{path[2]}` does not exist")
        return run

    def _file(self, path: tuple[str, str, str, str]) -> File:
        run = self._run(path)
        with self.database.read() as db:
            file = files.find(db, run, path[3])
        if file is None:
            raise NotFound(f"run `{path[2]}` has no file `{path[3]}`")
        return file


def _path(request: Request) -> tuple[str, str, str, str]:
    params = request.path_params
    return params["entity"], params["project"], params["run"], params["name"]
