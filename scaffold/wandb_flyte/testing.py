"""Faults for tests: what goes wrong between a W&B client and its backend.

They happen in a proxy in the test's own process, which stands before a real local backend. The
backend itself knows nothing of faults, so no server that anything else starts can have them.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_TIMEOUT_S = 600.0
# Each hop has its own; the body's length is worked out anew.
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def heartbeat_of(self) -> str | None:
        """The agent whose heartbeat this is; None when it is another request."""
        if self.path != "/graphql" or b"agentHeartbeat" not in self.body:
            return None
        with suppress(ValueError, KeyError, TypeError):
            return str(json.loads(self.body)["variables"]["id"])
        return None


@dataclass
class Fault:
    """One fault; `met` says how many requests have met it."""

    act: Callable[[_Handler, _Request], bool]
    left: int | None = None
    met: int = 0


class Faults:
    """What goes wrong with the requests to one backend, as long as each `with` block lasts.

    Use it as the fixture `wandb_faults`. With `times` only so many requests meet a fault.
    """

    def __init__(self, url: str) -> None:
        backend = urlsplit(url)
        self._backend = (backend.hostname or "", backend.port or 80)
        self._lock = threading.Lock()
        self._active: list[Fault] = []
        self._agents: dict[str, None] = {}
        self._lost: set[str] = set()
        self._ended = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.faults = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @contextmanager
    def latency(self, seconds: float, *, times: int | None = None) -> Iterator[Fault]:
        """Every answer comes so much later."""

        def wait(_: _Handler, __: _Request) -> bool:
            self._ended.wait(seconds)
            return False

        with self._during(Fault(wait, times)) as fault:
            yield fault

    @contextmanager
    def errors(
        self, status: int, *, times: int | None = None, retry_after_s: int | None = None
    ) -> Iterator[Fault]:
        """Requests are answered with this HTTP status, such as 429 or 500, and not looked at."""

        def refuse(handler: _Handler, _: _Request) -> bool:
            later = [] if retry_after_s is None else [("Retry-After", str(retry_after_s))]
            handler.reply(status, later, b'{"errors": [{"message": "injected by the test"}]}')
            return True

        with self._during(Fault(refuse, times)) as fault:
            yield fault

    @contextmanager
    def cut(self, *, times: int | None = None, answered: bool = False) -> Iterator[Fault]:
        """Connections break off: before a request arrives, or with `answered` after it did."""

        def drop(handler: _Handler, request: _Request) -> bool:
            if answered:
                handler.forward(request)
            handler.close_connection = True
            return True

        with self._during(Fault(drop, times)) as fault:
            yield fault

    @contextmanager
    def frozen(self) -> Iterator[Fault]:
        """The backend takes requests in and answers none; at the end of the block it does."""
        thawed = threading.Event()

        def hold(_: _Handler, __: _Request) -> bool:
            while not (thawed.is_set() or self._ended.is_set()):
                thawed.wait(0.1)
            return False

        with self._during(Fault(hold)) as fault:
            try:
                yield fault
            finally:
                thawed.set()

    def lose_agent(self) -> str:
        """No heartbeat of the newest agent arrives any more; gives the agent's id.

        Raises:
            LookupError: No agent has sent a heartbeat.
        """
        with self._lock:
            for agent in reversed(self._agents):
                if agent not in self._lost:
                    self._lost.add(agent)
                    return agent
        raise LookupError("no agent has sent a heartbeat")

    def close(self) -> None:
        """End every fault and the proxy."""
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def _during(self, fault: Fault) -> Iterator[Fault]:
        with self._lock:
            self._active.append(fault)
        try:
            yield fault
        finally:
            with self._lock:
                self._active.remove(fault)

    def _handle(self, handler: _Handler, request: _Request) -> None:
        with self._lock:
            agent = request.heartbeat_of()
            if agent is not None:
                self._agents[agent] = None
            lost = agent in self._lost
            met = [fault for fault in self._active if fault.left is None or fault.left > 0]
            for fault in met:
                fault.met += 1
                fault.left = None if fault.left is None else fault.left - 1
        if lost:
            handler.close_connection = True
            return
        for fault in met:
            if fault.act(handler, request):
                return
        status, headers, body = handler.forward(request)
        handler.reply(status, headers, body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512
    faults: Faults

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in the middle is no error of the test's."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def forward(self, request: _Request) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the backend answers."""
        host, port = self.server.faults._backend
        connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
        try:
            connection.putrequest(
                request.method, request.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in request.headers:
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            answer = connection.getresponse()
            kept = [item for item in answer.getheaders() if item[0].lower() not in _HOP]
            return answer.status, kept, answer.read()
        finally:
            connection.close()

    def reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer the client."""
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _any(self) -> None:
        headers = [item for item in self.headers.items() if item[0].lower() not in _HOP]
        request = _Request(self.command, self.path, headers, self._body())
        self.server.faults._handle(self, request)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _any  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Say nothing."""
