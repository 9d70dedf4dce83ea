"""A gateway in front of a real backend, as a company has one: it takes tokens, and it limits.

Whatever it lets through is answered by the backend itself.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

import requests

ACCESS = "an-access-token"
_KEPT = ("content-type", "user-agent", "x-wandb-username", "host")


class Gateway:
    """Passes requests on to a backend.

    Args:
        url: The backend's address.
        key: The key that requests are passed on with.

    Attributes:
        identity: The identity token that it takes for an access token; empty when it wants none.
        exchanges: How often it gave an access token.
        refusals: What it answers the next requests with instead: statuses and headers.
        asked: How many requests it had.
    """

    def __init__(self, url: str, key: str) -> None:
        self.identity = ""
        self.exchanges = 0
        self.asked = 0
        self.refusals: list[tuple[int, dict[str, str]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, url, key))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(gateway: Gateway, url: str, key: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            gateway.asked += 1
            if gateway.refusals:
                self.reply(*gateway.refusals.pop(0))
            elif self.path == "/oidc/token":
                self.exchange(parse_qs(body.decode()))
            elif gateway.identity and not self.is_signed():
                self.reply(401, {}, b'{"errors": [{"message": "no token"}]}')
            else:
                self.pass_on(body)

        def do_GET(self) -> None:
            self.do_POST()

        def do_PUT(self) -> None:
            self.do_POST()

        def is_signed(self) -> bool:
            # Files go to addresses that are secret themselves.
            is_file = self.path.startswith("/storage")
            return is_file or self.headers.get("Authorization") == f"Bearer {ACCESS}"

        def exchange(self, form: dict[str, list[str]]) -> None:
            grant = ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
            if form != {"grant_type": grant, "assertion": [gateway.identity]}:
                self.reply(401, {}, b'{"error": "invalid_grant"}')
                return
            gateway.exchanges += 1
            told = {"access_token": ACCESS, "expires_in": 3600}
            self.reply(200, {}, json.dumps(told).encode())

        def pass_on(self, body: bytes) -> None:
            headers = {name: self.headers[name] for name in _KEPT if name in self.headers}
            with requests.Session() as session:
                session.trust_env = False
                answer = session.request(
                    self.command,
                    url + self.path,
                    data=body,
                    headers=headers,
                    auth=None if self.path.startswith("/storage") else ("api", key),
                    timeout=60,
                )
            self.reply(answer.status_code, {}, answer.content)

        def reply(self, status: int, headers: dict[str, str], body: bytes = b"{}") -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    return Handler
