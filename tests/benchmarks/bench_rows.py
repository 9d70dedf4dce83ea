"""How many rows a second one writer can log to one run, beside openwandb's server.

The rows are those that wandb itself posts, a thousand in a post, each post sent when the one
before is answered. openwandb comes from PyPI into an environment of its own; where it can't be
installed the local backend is measured alone. `--openwandb PROGRAM` names one that is there.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.backend.conftest import Server, wait_for, wandb_environment
from tests.durability.recorded import post_of, record

ROUNDS = 3
ROWS_A_POST = 1000
OUR_POSTS, THEIR_POSTS = 40, 5
LIMIT = 20_000.0
THEIR_KEY = "local0000000000000000000000000000000000000000"
OPEN = """
import wandb
with wandb.init(project="rows", id="rows") as run:
    print(run.entity, flush=True)
"""


class Writer:
    """One writer of one run of a server."""

    def __init__(self, url: str, key: str, environment: dict[str, str], rows: list[Any]) -> None:
        told = environment | {"WANDB_BASE_URL": url, "WANDB_API_KEY": key}
        opened = subprocess.run(
            [sys.executable, "-c", OPEN], env=told, check=True, capture_output=True, text=True
        )
        self._address = f"{url}/files/{opened.stdout.split()[-1]}/rows/rows/file_stream"
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.auth = ("api", key)
        self._rows = rows
        self._posts = 0

    def rate(self, posts: int) -> float:
        """Rows a second over so many further posts."""
        first, self._posts = self._posts, self._posts + posts
        bodies = [json.dumps(post_of(self._rows, n)).encode() for n in range(first, self._posts)]
        started = time.perf_counter()
        for body in bodies:
            self._http.post(self._address, data=body, timeout=120).raise_for_status()
        return posts * len(self._rows) / (time.perf_counter() - started)


def install(folder: Path) -> Path | None:
    """openwandb's program in a new environment; None when it can't be installed."""
    if "--openwandb" in sys.argv:
        return Path(sys.argv[sys.argv.index("--openwandb") + 1])
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "openwandb"]
    done = subprocess.run(pip, check=False, capture_output=True)
    return None if done.returncode else folder / "bin/openwandb"


@contextmanager
def openwandb(program: Path, data: Path) -> Iterator[str]:
    """Its server's address, while it runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(program), "serve", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--data-dir", str(data), "--log-level", "error"],
        env={**os.environ, "HOME": str(data.parent)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return requests.get(url, timeout=5).status_code < 500
        except requests.ConnectionError:
            return False

    try:
        wait_for(answers, "openwandb")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def main() -> int:
    """Print the figures; 1 when the local backend is below the limit."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        server = Server(folder / "data").start()
        try:
            rows = record(server, folder) * (ROWS_A_POST // 100)
            environment = wandb_environment(server, folder)
            ours = Writer(server.state["url"], server.state["key"], environment, rows)
            program = install(folder / "openwandb")
            if program is None:
                print("openwandb can't be installed here")
                our_rates, their_rates = [ours.rate(OUR_POSTS) for _ in range(ROUNDS)], []
            else:
                with openwandb(program, folder / "theirs") as url:
                    theirs = Writer(url, THEIR_KEY, environment, rows)
                    pairs = [
                        (ours.rate(OUR_POSTS), theirs.rate(THEIR_POSTS)) for _ in range(ROUNDS)
                    ]
                our_rates, their_rates = map(list, zip(*pairs, strict=True))
        finally:
            server.stop()
    rate = statistics.median(our_rates)
    print(f"local backend: {rate:,.0f} rows a second (limit {LIMIT:,.0f})")
    if their_rates:
        their_rate = statistics.median(their_rates)
        print(f"openwandb: {their_rate:,.0f} rows a second, {rate / their_rate:.1f} times fewer")
    return int(rate < LIMIT)


if __name__ == "__main__":
    sys.exit(main())
