"""Sends made-up requests to a server and watches how it takes them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from hypothesis import HealthCheck, Phase, given, seed, settings
from wandb_flyte.backend.ids import gid

from tests.backend.conftest import Server, Wire, wait_for

from .fuzz import Fuzz, Request

# wandb's own requests are given up after 19 seconds.
_PATIENCE_S = 15.0
_REFRESH = 500
_GRID = "{method: grid, metric: {name: loss}, parameters: {a: {values: [1, 2, 3]}}}"


class Fuzzed:
    """A server, what it was sent, and how it took it."""

    def __init__(self, folder: Path) -> None:
        self.answers = Counter[int]()
        self.slowest_s = 0.0
        self.rss_mb: list[float] = []
        self._log = folder / "server.log"
        self._server = Server(folder / "data")
        self._http = requests.Session()
        self._http.trust_env = False
        self._sent = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """The server, started and stopped."""
        place = self._server.data_dir / "server.json"
        command = [sys.executable, "-m", "wandb_flyte.backend", "--data-dir"]
        with self._log.open("wb") as log:
            process = subprocess.Popen([*command, str(self._server.data_dir)], stderr=log)
            try:
                wait_for(place.exists, "the state file")
                self._server.state |= json.loads(place.read_text())
                self._server.process = process
                self._http.auth = ("api", self._server.state["key"])
                yield
            finally:
                process.terminate()
                process.wait(timeout=30)

    def known(self) -> dict[str, list[str]]:
        """Make things that requests can be about; gives what they are called, by argument."""
        wire = Wire(self._server)
        wire.open_run("p", "r1")
        wire.log("p", "r1", [{"loss": 1.0, "a": {"b": 2}}] * 5)
        wire.open_run("p", "r2")
        wire.finish("p", "r2", loss=0.5)
        sweep = wire.sweep("p", _GRID)
        agent = sweep.agent()
        trial = sweep.next_run(agent)["run_id"]
        ids = [wire.run("p", name)["id"] for name in ("r1", "r2", trial)]
        runs = ["r1", "r2", trial]
        hints = {"id": [*ids, sweep.gid, agent, *_made_up_ids()], "sweep": [sweep.name, sweep.gid]}
        hints |= {key: ["local"] for key in ("entityName", "entity")}
        hints |= {key: ["p"] for key in ("projectName", "modelName", "project")}
        hints |= dict.fromkeys(("run", "runName", "name"), runs)
        hints |= {"sweepName": [sweep.name], "agentName": [agent], "type": ["model"]}
        hints |= {key: [f'{{"{trial}": true}}'] for key in ("runState", "config", "summaryMetrics")}
        hints |= {"filters": ['{"state": "running"}', '{"config.lr.value": {"$gt": 0}}']}
        return hints | {"order": ["-summary_metrics.loss", "+created_at"], "after": ["1"]}

    def send(self, made: Request) -> None:
        """Send it, and check that the server took it in order.

        Raises:
            AssertionError: It did not.
        """
        self._sent += 1
        if self._sent % _REFRESH == 0:
            self.known()
        started = time.monotonic()
        answer = self._http.request(
            made.method,
            self._server.state["url"] + made.path,
            data=made.body,
            headers={name: value for name, value in made.headers.items() if value},
            timeout=_PATIENCE_S,
            allow_redirects=False,
        )
        self.slowest_s = max(self.slowest_s, time.monotonic() - started)
        self.answers[answer.status_code] += 1
        assert answer.status_code < 500, answer.text
        if self._sent % _REFRESH == 0:
            self.rss_mb.append(self._rss_mb())
        trace = self._log.read_text()
        self._log.write_text("")
        assert "Traceback" not in trace, trace[-3000:]

    def _rss_mb(self) -> float:
        assert self._server.process is not None
        shown = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self._server.process.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        return int(shown.stdout) / 1024


def _made_up_ids() -> list[str]:
    kinds = ("Artifact", "ArtifactCollection", "ArtifactManifest", "ArtifactType", "Project")
    return [gid(kind, part) for kind in kinds for part in (1, 10**18, "x:y")]


def fuzz(fuzzed: Fuzzed, number: int, start: int) -> None:
    """Send so many made-up requests.

    Raises:
        AssertionError: One was answered by an error of the server's own, late, or not at all.
    """

    @seed(start)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(Fuzz(fuzzed.known()).requests())
    def send(made: Request) -> None:
        fuzzed.send(made)

    send()
