"""What wandb itself posts for a run, recorded on its way to a server."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from tests.backend.conftest import Server, wandb_environment

ROWS = 100
_SCRIPT = f"""
import math, wandb
with wandb.init(project="recorded", id="recorded") as run:
    for step in range({ROWS}):
        run.log({{"loss": math.exp(-step / 30), "accuracy": 1 - math.exp(-step / 20),
                 "lr": 0.001 * (step + 1), "epoch": step // 10}})
"""


def record(server: Server, folder: Path) -> list[dict[str, Any]]:
    """The history rows of a run of 100 steps, as wandb posts them."""
    bodies: list[dict[str, Any]] = []

    class Recorder(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.path.endswith("/file_stream"):
                bodies.append(json.loads(body))
            answer = requests.request(
                self.command,
                server.state["url"] + self.path,
                data=body,
                headers={**self.headers, "Accept-Encoding": "identity"},
                timeout=60,
            )
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = _pass_on  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    environment = wandb_environment(server, folder)
    environment["WANDB_BASE_URL"] = f"http://127.0.0.1:{proxy.server_port}"
    subprocess.run([sys.executable, "-c", _SCRIPT], env=environment, check=True, timeout=120)
    proxy.shutdown()
    proxy.server_close()
    parts = [body["files"].get("wandb-history.jsonl") for body in bodies if body.get("files")]
    rows = [json.loads(line) for part in parts if part for line in part["content"]]
    assert len(rows) == ROWS, f"{len(rows)} rows were recorded"
    return rows


def post_of(rows: list[dict[str, Any]], number: int) -> dict[str, Any]:
    """The recorded rows as the post of that number of a longer run."""
    first = number * len(rows)
    lines = [json.dumps({**row, "_step": first + place}) for place, row in enumerate(rows)]
    return {"files": {"wandb-history.jsonl": {"offset": first, "content": lines}}}
