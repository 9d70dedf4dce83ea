"""The local backend as wandb's system tests expect a server: a user for each key, two ports.

    python tests/conformance/adapter.py --data-dir DIR --port P --fixture-port F

Each of those tests logs in as a fresh user whose name is its API key. The fixture service would
make these users; here a user exists as soon as somebody comes with the key, so it only says yes.
"""

from __future__ import annotations

import argparse
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from wandb_flyte.backend.serve import serve


class FixtureService(BaseHTTPRequestHandler):
    """Answers `{}` to everything: nobody uses what it says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._agree()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._agree()

    def log_message(self, *_: object) -> None:
        pass

    def _agree(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


def key_is_name(key: str) -> str | None:
    """The user whose API key this is: the one of that name, if it is a name of the tests."""
    return key if key.startswith("user_") else None


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--fixture-port", type=int, required=True)
    options = parser.parse_args()
    fixtures = ThreadingHTTPServer(("127.0.0.1", options.fixture_port), FixtureService)
    threading.Thread(target=fixtures.serve_forever, daemon=True).start()
    serve(options.data_dir, port=options.port, authenticate=key_is_name)


if __name__ == "__main__":
    main()
