"""A real server process, and the clients that talk to it: plain HTTP, and wandb itself."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests
import yaml

CREATE_SWEEP = """
mutation UpsertSweep($id: ID, $config: String, $description: String, $entityName: String,
    $projectName: String, $state: String, $priorRunsFilters: JSONString, $displayName: String) {
  upsertSweep(input: {id: $id, config: $config, description: $description, state: $state,
      entityName: $entityName, projectName: $projectName, displayName: $displayName,
      priorRunsFilters: $priorRunsFilters}) {
    sweep { id name state } configValidationWarnings
  }
}"""
CREATE_AGENT = """
mutation CreateAgent($host: String!, $projectName: String, $entityName: String, $sweep: String!) {
  createAgent(input: {host: $host, projectName: $projectName, entityName: $entityName,
      sweep: $sweep}) { agent { id } }
}"""
HEARTBEAT = """
mutation Heartbeat($id: ID!, $metrics: JSONString, $runState: JSONString) {
  agentHeartbeat(input: {id: $id, metrics: $metrics, runState: $runState}) {
    agent { id } commands
  }
}"""
UPSERT_RUN = """
mutation UpsertBucket($id: String, $name: String, $project: String, $config: JSONString,
    $host: String, $program: String, $sweep: String, $tags: [String!], $notes: String,
    $displayName: String, $state: String) {
  upsertBucket(input: {id: $id, name: $name, modelName: $project, config: $config, host: $host,
      jobProgram: $program, sweep: $sweep, tags: $tags, notes: $notes, state: $state,
      displayName: $displayName}) {
    bucket { id name displayName config state sweepName historyLineCount tags notes
             project { id name entity { id name } } }
    inserted
  }
}"""
RUN = """
query Run($project: String!, $name: String!) {
  project(name: $project) { run(name: $name) {
    id state exitcode config summaryMetrics historyLineCount eventsLineCount logLineCount
    historyKeys stopped history(samples: 10000)
  } }
}"""


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
    """The first truthy value of the condition."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)
    return value


@dataclass
class Server:
    """A server process on a data folder."""

    data_dir: Path
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    state: dict[str, Any] = field(default_factory=dict)

    def start(self) -> "Server":
        """Start it; the state file says when it listens."""
        place = self.data_dir / "server.json"
        place.unlink(missing_ok=True)
        self.process = launch("--data-dir", str(self.data_dir), *self.options)

        def announced() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, self.process.communicate()
            return place.exists()

        wait_for(announced, "the state file")
        self.state = json.loads(place.read_text())
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send the signal; gives the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        for pipe in (self.process.stdout, self.process.stderr):
            pipe.close()
        return code


def launch(*arguments: str) -> subprocess.Popen[bytes]:
    """The server's process with these arguments."""
    return subprocess.Popen(
        [sys.executable, "-m", "wandb_flyte.backend", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


class Wire:
    """The protocol by hand."""

    def __init__(self, server: Server) -> None:
        self.url = server.state["url"]
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.auth = ("api", server.state["key"])

    def post(self, query: str, **variables: Any) -> requests.Response:
        body = {"query": query, "variables": variables, "operationName": ""}
        return self.http.post(f"{self.url}/graphql", json=body, timeout=60)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = self.post(query, **variables)
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    def stream(self, project: str, run: str, body: Any) -> dict[str, Any]:
        """The answer to a file stream post."""
        address = f"{self.url}/files/local/{project}/{run}/file_stream"
        text = body if isinstance(body, str) else json.dumps(body)
        answer = self.http.post(address, data=text, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def log(self, project: str, run: str, rows: list[dict[str, Any]], offset: int = 0) -> Any:
        lines = [json.dumps({"_step": offset + n, **row}) for n, row in enumerate(rows)]
        files = {"wandb-history.jsonl": {"offset": offset, "content": lines}}
        return self.stream(project, run, {"files": files})

    def finish(self, project: str, run: str, code: int = 0, **summary: Any) -> None:
        content = [json.dumps(summary)] if summary else []
        files = {"wandb-summary.json": {"offset": 0, "content": content}}
        self.stream(project, run, {"files": files, "complete": True, "exitcode": code})

    def open_run(self, project: str, name: str, **given: Any) -> dict[str, Any]:
        """What wandb.init asks first."""
        given = {"host": "here", "program": "train.py", "config": "{}"} | given
        return self.ask(UPSERT_RUN, project=project, name=name, **given)["upsertBucket"]

    def run(self, project: str, name: str) -> dict[str, Any]:
        return self.ask(RUN, project=project, name=name)["project"]["run"]

    def stored_rows(self, project: str, name: str) -> int:
        """How many history rows the run has; 0 when it is not there yet."""
        home = self.ask(RUN, project=project, name=name)["project"]
        return home["run"]["historyLineCount"] if home and home["run"] else 0

    def sweep(self, project: str, config: Any, **given: Any) -> "WireSweep":
        text = config if isinstance(config, str) else yaml.safe_dump(config)
        made = self.ask(CREATE_SWEEP, config=text, projectName=project, **given)["upsertSweep"]
        sweep = made["sweep"]
        warnings = made["configValidationWarnings"]
        return WireSweep(self, project, sweep["id"], sweep["name"], warnings)


@dataclass(frozen=True)
class WireSweep:
    """A sweep made by hand."""

    wire: Wire
    project: str
    gid: str
    name: str
    warnings: list[str]

    @property
    def state(self) -> str:
        query = """query S($p: String, $s: String!) {
            project(name: $p) { sweep(sweepName: $s) { state } } }"""
        return self.wire.ask(query, p=self.project, s=self.name)["project"]["sweep"]["state"]

    @property
    def best_loss(self) -> float | None:
        query = """query S($p: String, $s: String!) {
            project(name: $p) { sweep(sweepName: $s) { bestLoss } } }"""
        return self.wire.ask(query, p=self.project, s=self.name)["project"]["sweep"]["bestLoss"]

    @property
    def runs(self) -> list[dict[str, Any]]:
        query = """query S($p: String, $s: String!) { project(name: $p) { sweep(sweepName: $s) {
            runs { edges { node { name state config exitcode } } } } } }"""
        found = self.wire.ask(query, p=self.project, s=self.name)["project"]["sweep"]["runs"]
        return [edge["node"] for edge in found["edges"]]

    def change(self, **given: Any) -> None:
        self.wire.ask(CREATE_SWEEP, id=self.gid, projectName=self.project, **given)

    def agent(self) -> str:
        given = {"host": "here", "projectName": self.project, "sweep": self.name}
        return self.wire.ask(CREATE_AGENT, **given)["createAgent"]["agent"]["id"]

    def beat(self, agent: str, *active: str) -> list[dict[str, Any]]:
        """A heartbeat of an agent that has these runs."""
        states = json.dumps(dict.fromkeys(active, True))
        answer = self.wire.ask(HEARTBEAT, id=agent, metrics="{}", runState=states)
        return json.loads(answer["agentHeartbeat"]["commands"])

    def next_run(self, agent: str) -> dict[str, Any]:
        (command,) = self.beat(agent)
        assert command["type"] in ("run", "resume"), command
        return command

    def do(self, agent: str, code: int = 0, **summary: Any) -> dict[str, Any]:
        """Take the next trial and bring it to an end."""
        command = self.next_run(agent)
        self.wire.open_run(self.project, command["run_id"], sweep=self.name)
        self.wire.finish(self.project, command["run_id"], code, **summary)
        return command


@pytest.fixture
def database(tmp_path):
    """A store by itself."""
    from wandb_flyte.backend.store import Database

    opened = Database(tmp_path / "backend.sqlite3")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server that most tests share, each with a project of its own."""
    running = Server(tmp_path_factory.mktemp("server")).start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, which may stop and kill it."""
    running = Server(tmp_path / "data").start()
    yield running
    assert running.process is not None
    if running.process.poll() is None:
        running.stop()


@pytest.fixture(scope="session")
def wire(server: Server) -> Wire:
    return Wire(server)


_numbers = itertools.count(1)


@pytest.fixture
def project() -> str:
    """A project that no other test uses."""
    return f"project-{next(_numbers)}"


def wandb_environment(server: Server, folder: Path) -> dict[str, str]:
    """The environment of a wandb program that talks to the server and to nothing else."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WANDB_")}
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    return kept | {
        "HOME": str(home),
        "WANDB_BASE_URL": server.state["url"],
        "WANDB_API_KEY": server.state["key"],
        "WANDB_DIR": str(folder),
        "WANDB_CACHE_DIR": str(folder / "cache"),
        "WANDB_CONFIG_DIR": str(folder / "config"),
        "WANDB_DATA_DIR": str(folder / "data"),
        "WANDB_ERROR_REPORTING": "false",
        "WANDB_SILENT": "true",
        "WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "1",
    }


@pytest.fixture(scope="module")
def wandb(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The real wandb package in this process, pointed at the server."""
    folder = tmp_path_factory.mktemp("wandb")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("WANDB_")]:
            patch.delenv(name)
        for name, value in wandb_environment(server, folder).items():
            patch.setenv(name, value)
        import wandb as package

        package.teardown()
        yield package
        package.teardown()
