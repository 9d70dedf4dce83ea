"""The HTTP side: addresses, who may use them, and what each calls."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp

from wandb_flyte._agreed import AGENT_HEADER
from wandb_flyte._version import __version__
from wandb_flyte.backend import auth, filepaths, filestream, jsontext, recording, trials, uploads
from wandb_flyte.backend.access import KeyNeeded, LoopbackOnly, OwnPages
from wandb_flyte.backend.addresses import Addresses
from wandb_flyte.backend.blobs import BlobStore
from wandb_flyte.backend.errors import BackendError, NotStored, not_stored
from wandb_flyte.backend.files import FileStore
from wandb_flyte.backend.graphql.context import Context
from wandb_flyte.backend.graphql.execute import (
    Answer,
    Operation,
    Refused,
    errors_answer,
    prepare,
    run,
)
from wandb_flyte.backend.repeats import Repeats
from wandb_flyte.backend.requests import answer, json_body
from wandb_flyte.backend.searches import Searches
from wandb_flyte.backend.store import Database, Run, Sweep, projects
from wandb_flyte.errors import printable

_MOST_LACKED = 1000


class Backend:
    """The server's endpoints over one store.

    Args:
        database: Where everything is kept.
        folder: Where the files of runs and artifacts are.
        key: The server's key, which also signs the addresses of files.
        authenticate: Whose a client's key is; by default the one user's, if it is the server's.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        key: str,
        authenticate: auth.Authenticate | None = None,
    ) -> None:
        self.database = database
        self._key = key
        self._authenticate = authenticate or auth.one_user(projects.DEFAULT_ENTITY, key)
        self.files = FileStore(database, folder, key, self._authenticate)
        self.blobs = BlobStore(database, filepaths.blob_folder(folder), key, self._authenticate)
        self._searches = Searches()
        # One thread: more of them would only keep the others from working.
        self._parser = ThreadPoolExecutor(1, "rows-parser")
        self._repeats = Repeats()
        self._lacked: Counter[str] = Counter()
        self._not_stored: set[str] = set()

    def app(self, pages: Sequence[BaseRoute] = (), *, loopback: bool = True) -> ASGIApp:
        """The ASGI application.

        Args:
            pages: The web pages' routes.
            loopback: Only this machine reaches the server: the pages need no key, and a request
                that names another host (DNS rebinding) is refused. Else everything needs the key.
        """
        storage = "/storage/{entity}/{project}/{run}/{name:path}"
        stream = "/files/{entity}/{project}/{run}/file_stream"
        routes: list[BaseRoute] = [
            Route("/ready", self.ready),
            Route("/graphql", self.graphql, methods=["POST"]),
            Route(stream, self.file_stream, methods=["POST"]),
            Route(storage, self.files.get, methods=["GET"]),
            Route(storage, self.files.put, methods=["PUT"]),
            *self.blobs.routes(),
            # wandb's telemetry turns itself off at a 404.
            Route("/sdk/{rest:path}", _no_telemetry, methods=["GET", "POST"]),
            *(pages if loopback else [Mount("", KeyNeeded(Router(pages), self._authenticate))]),
        ]
        handlers = dict.fromkeys((BackendError, sqlite3.Error, OSError), self._refuse)
        app = OwnPages(Starlette(routes=routes, exception_handlers=handlers))
        return LoopbackOnly(app) if loopback else app

    def recover(self) -> None:
        """Put in order what a server that was killed has left behind; before anyone asks."""
        for folder in (self.files.folder, self.blobs.folder):
            uploads.clear(folder)
        self.database.write(trials.recover).result()
        self._catch_up(self.database.write(self._searches.recent).result())

    def _catch_up(self, waiting: Sequence[Sweep]) -> None:
        """Read what the sweeps have tried, so that their agents need not wait for it.

        One by one: what is asked meanwhile comes in between.
        """
        if waiting:
            first, *others = waiting
            work = self.database.write(lambda db: self._searches.recover(db, first), gives_way=True)
            work.add_done_callback(lambda _: self._catch_up(others))

    async def ready(self, _: Request) -> Response:
        """Says that the server is up, which process it is, and how many operations it lacked."""
        lacked = self._lacked.total()
        state = {"status": "ok", "pid": os.getpid(), "version": __version__, "lacked": lacked}
        return answer(state)

    async def graphql(self, request: Request) -> Response:
        """`POST /graphql`."""
        user = self._user(request)
        body = await json_body(request)
        variables, name = body.get("variables") or {}, body.get("operationName") or None
        if not isinstance(variables, dict) or not isinstance(name, str | None):
            raise BackendError("`variables` or `operationName` is of another type", status=400)
        try:
            operation = prepare(str(body.get("query") or ""), name)
        except BackendError as error:
            self._count(error.message[:500])
            raise
        if operation.is_mutation:
            fingerprint = hashlib.sha256(f"{user} {jsontext.dumps(body)}".encode()).digest()
            execution = self._execute(request, user, operation, body)
            result = await self._repeats.answer(request, fingerprint, execution)
        else:
            result = await self._execute(request, user, operation, body)
        return answer(result.body, result.status)

    async def file_stream(self, request: Request) -> Response:
        """`POST /files/…/file_stream`."""
        self._user(request)
        writer = request.headers.get("x-wandb-async-client-id", "")
        agent = request.headers.get(AGENT_HEADER, "")
        body = await json_body(request)
        loop = asyncio.get_running_loop()
        post = await loop.run_in_executor(self._parser, filestream.parse, body, writer, agent)
        entity, project, name = (request.path_params[k] for k in ("entity", "project", "run"))

        def store(db: sqlite3.Connection) -> Run:
            return recording.apply(
                db, projects.ensure(db, entity, project), name, post, self._searches
            )

        stored = await asyncio.wrap_future(self.database.write(store, gives_way=bool(post.chunks)))
        if stored.stop_requested and not post.complete:
            return answer({"stopped": True})
        return answer({"exitcode": None, "limits": {}})

    async def _execute(
        self, request: Request, user: str, operation: Operation, body: dict[str, Any]
    ) -> Answer:
        variables = body.get("variables") or {}
        # A proxy that adds TLS says so; what a client says of itself reaches only that client.
        secure = request.headers.get("x-forwarded-proto") == "https"
        base = f"{'https' if secure else 'http'}://{request.headers.get('host', '')}"
        addresses = Addresses(base, self._key)
        writer = request.headers.get("x-wandb-client-id", "")
        agent = request.headers.get(AGENT_HEADER, "")
        orphans: list[str] = []
        dropped: list[str] = []

        def execute(db: sqlite3.Connection) -> Answer:
            folder = self.blobs.folder
            asked = Context(
                db, user, self._searches, addresses, folder, writer, agent, orphans, dropped
            )
            return run(operation, variables, asked)

        def read() -> Answer:
            with self.database.read() as db:
                return execute(db)

        if not operation.is_mutation:
            return await asyncio.to_thread(read)
        try:
            result = await asyncio.wrap_future(self.database.write(execute))
        except Refused as refused:
            return refused.answer
        self.files.discard(orphans)
        await self.blobs.discard(dropped)
        return result

    def _count(self, message: str) -> None:
        """Count an operation that this server does not have; the log has each once."""
        if message in self._lacked:
            self._lacked[message] += 1
        elif len(self._lacked) < _MOST_LACKED:
            self._lacked[message] = 1
            _log_refusal(message)

    async def _refuse(self, _: Request, error: Exception) -> Response:
        refusal = error if isinstance(error, BackendError) else not_stored(error)
        if refusal is None:
            raise error
        if isinstance(refusal, NotStored) and refusal.message not in self._not_stored:
            # Clients try again without a word: the log has each reason once.
            self._not_stored.add(refusal.message)
            _log_refusal(refusal.message)
        return answer(errors_answer(refusal.status, refusal.message).body, refusal.status)

    def _user(self, request: Request) -> str:
        user = self._authenticate(auth.given_key(request.headers.get("authorization")))
        if user is None:
            raise BackendError("the API key is missing or wrong", status=401)
        return user


async def _no_telemetry(_: Request) -> Response:
    return Response(status_code=404)


def _log_refusal(message: str) -> None:
    sys.stderr.write(f"refused: {printable(message)}\n")
