"""Agents of a sweep whose server is killed again and again.

Each notes in a journal the rows that were acknowledged: those of a post that was answered, or of a
run that wandb finished.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import requests

from tests.backend.conftest import CREATE_AGENT, HEARTBEAT, UPSERT_RUN

ROWS = 12
_PATIENCE_S = 120.0


def note(journal: Path, run: str, tokens: list[str]) -> None:
    """Add acknowledged rows to the journal: one write, so that lines of several do not mix."""
    handle = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        lines = [json.dumps({"run": run, "token": token}) + "\n" for token in tokens]
        os.write(handle, "".join(lines).encode())
    finally:
        os.close(handle)


def objective(x: float) -> float:
    """What wandb-flyte's agent runs: rows, each with a mark of its own."""
    import wandb

    run = wandb.run
    assert run is not None
    tokens = [uuid.uuid4().hex for _ in range(ROWS)]
    for token in tokens:
        run.log({"token": token, "loss": x})
        time.sleep(0.05)
    note(Path(os.environ["KILL9_JOURNAL"]), run.id, tokens)
    return x


def start_agent(sweep: str, environment: dict[str, str], journal: Path) -> subprocess.Popen[bytes]:
    """An agent in a process of its own, whose trials use wandb itself."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.durability.agents", sweep],
        env=environment | {"KILL9_JOURNAL": str(journal)},
        stdout=subprocess.DEVNULL,
    )


def play_agent(url: str, key: str, project: str, sweep: str, journal: Path) -> None:
    """An agent that speaks the protocol itself: many small requests in little time."""
    client = _Client(url, key)
    given = {"host": "here", "projectName": project, "sweep": sweep}
    agent = client.ask(CREATE_AGENT, given)["createAgent"]["agent"]["id"]
    while True:
        answer = client.ask(HEARTBEAT, {"id": agent, "metrics": "{}", "runState": "{}"})
        (command,) = json.loads(answer["agentHeartbeat"]["commands"])
        if command["type"] == "exit":
            return
        run = command["run_id"]
        opened = {"project": project, "name": run, "sweep": sweep, "config": "{}"}
        client.ask(UPSERT_RUN, opened | {"host": "here", "program": "train.py"})
        for step in range(ROWS):
            token = uuid.uuid4().hex
            line = json.dumps({"_step": step, "token": token})
            files = {"wandb-history.jsonl": {"offset": step, "content": [line]}}
            client.post(f"/files/local/{project}/{run}/file_stream", {"files": files})
            note(journal, run, [token])
        end = {"complete": True, "exitcode": 0}
        client.post(f"/files/local/{project}/{run}/file_stream", end)


class _Client:
    """Asks until it is answered, as wandb does, but without its pauses."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.auth = ("api", key)

    def ask(self, query: str, variables: dict[str, Any]) -> Any:
        body = {"query": query, "variables": variables, "operationName": ""}
        return self.post("/graphql", body)["data"]

    def post(self, path: str, body: dict[str, Any]) -> Any:
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            try:
                answer = self._http.post(self._url + path, json=body, timeout=30)
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                time.sleep(0.02)  # Killed before its answer, or in the middle of it.
                continue
            assert answer.status_code == 200, answer.text
            return answer.json()
        raise AssertionError("the server did not come back")


if __name__ == "__main__":
    from wandb_flyte import run_agent

    asyncio.run(run_agent(f"{Path(__file__)}:objective", sweep_id=sys.argv[1]))
