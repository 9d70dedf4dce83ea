"""A store with sweeps in it, behind the real application."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
import uvicorn
import yaml
from wandb_flyte.backend import filestream, recording
from wandb_flyte.backend.addresses import Addresses
from wandb_flyte.backend.app import Backend
from wandb_flyte.backend.searches import Searches
from wandb_flyte.backend.store import Database, Sweep, projects, runs, sweeps
from wandb_flyte.backend.web import routes

KEY = "local-" + "0" * 40
CONFIG = {
    "method": "bayes",
    "metric": {"name": "loss", "goal": "minimize"},
    "run_cap": 8,
    "parameters": {
        "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1.0},
        "net": {
            "parameters": {"width": {"min": 4, "max": 128}, "act": {"values": ["relu", "tanh"]}}
        },
        "epochs": {"value": 5},
    },
}


@dataclass
class World:
    """A store to fill, a browser to look with, and the paths that the server was asked for."""

    database: Database
    url: str
    browser: requests.Session
    seen: list[str]

    def sweep(self, config: Any = None, *, project: str = "digits", **columns: Any) -> Sweep:
        """A new sweep; `config` is a mapping or a text."""
        text = (
            config if isinstance(config, str) else yaml.safe_dump(config or CONFIG, sort_keys=False)
        )

        def make(db):
            home = projects.ensure(db, "local", project)
            return sweeps.insert(db, home, config=text, **columns)

        return self.database.write(make).result()

    def trial(
        self,
        sweep: Sweep | None,
        name: str,
        config: dict[str, Any],
        *,
        losses: list[float] = (),
        state: str = "finished",
        log: list[str] = (),
        project: str = "digits",
        **columns: Any,
    ) -> None:
        """A run that logged these losses and lines, and is now in that state."""
        wire = json.dumps({key: {"value": value} for key, value in config.items()})
        rows = [json.dumps({"loss": y, "_step": i, "_runtime": i}) for i, y in enumerate(losses)]
        files = {"wandb-history.jsonl": {"offset": 0, "content": rows}}
        files["output.log"] = {"offset": 0, "content": list(log)}
        if losses:
            last = json.dumps({"loss": losses[-1], "_runtime": 2.5, "_wandb": {"runtime": 2}})
            files["wandb-summary.json"] = {"offset": 0, "content": [last]}
        body = {"files": files} | columns.pop("post", {})

        def make(db):
            home = projects.ensure(db, "local", project)
            pk = sweep.pk if sweep else None
            run = runs.insert(db, home, name, "running", sweep_id=pk, config=wire, **columns)
            recording.apply(db, home, name, filestream.parse(body), Searches())
            runs.update(db, run, {"state": state})

        self.database.write(make).result()

    def file(self, run: str, name: str, content: bytes, *, project: str = "digits") -> None:
        """A file of the run, uploaded as the client does it."""
        path = ("local", project, run, name)
        address = Addresses("", KEY).run_file(path, upload=True)
        assert self.ask(address, "PUT", data=content).status_code == 200

    def ask(self, path: str, method: str = "GET", **more: Any) -> requests.Response:
        """The server's answer, redirects not followed."""
        return self.browser.request(
            method, urljoin(self.url, path), timeout=20, allow_redirects=False, **more
        )

    def get(self, path: str, status: int = 200) -> str:
        """The page at `path`."""
        answer = self.ask(path)
        assert answer.status_code == status
        return answer.text


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    database = Database(tmp_path / "backend.sqlite3")
    app = Backend(database, tmp_path / "files", KEY).app(routes(database, KEY))
    seen: list[str] = []

    async def watched(scope, receive, send):
        seen.append(scope["path"])
        await app(scope, receive, send)

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(watched, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    with requests.Session() as browser:
        browser.trust_env = False
        yield World(database, f"http://127.0.0.1:{listener.getsockname()[1]}", browser, seen)
    server.should_exit = True
    thread.join(timeout=20)
    database.close()


@pytest.fixture
def digits(world: World) -> Sweep:
    """A sweep of 8 trials: five finished, one failed, one running, one to come."""
    sweep = world.sweep(name="abcd1234", display_name="digits-lr", state="RUNNING")
    trials = [(0.3, 0.9), (0.001, 0.31), (0.02, 0.12), (0.008, 0.094), (0.00005, 0.72)]
    for index, (lr, loss) in enumerate(trials):
        net = {"width": 16 * (index + 1), "act": ["relu", "tanh"][index % 2]}
        config = {"lr": lr, "net": net, "epochs": 5}
        losses = [1.2, 0.6 + loss / 2, loss]
        world.trial(sweep, f"run{index}", config, losses=losses, display_name=f"calm-sweep-{index}")
    net = {"width": 100, "act": "relu"}
    world.trial(sweep, "run5", {"lr": 0.9, "net": net, "epochs": 5}, state="failed")
    world.trial(
        sweep, "run6", {"lr": 0.01, "net": net, "epochs": 5}, losses=[1.1, 0.5], state="running"
    )
    return sweep
