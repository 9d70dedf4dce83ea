"""What GraphQL requests get, whatever they ask."""

import importlib
import re
import signal
from pathlib import Path

import pytest
from graphql import parse, validate
from wandb_flyte.backend.graphql import schema

from .conftest import Server, Wire


def test_unknown_operation_fails_at_once(wire):
    """An operation that is not here gets 400: the client gives up instead of retrying."""
    answer = wire.post("query Report { report(id: 1) { id } }")
    assert answer.status_code == 400
    assert "report" in answer.json()["errors"][0]["message"]


def test_unknown_operations_are_counted(tmp_path):
    """`/ready` says how many requests asked for what is not here; the log has each once."""
    server = Server(tmp_path / "data").start()
    wire = Wire(server)
    for query in ("query A { report { id } }", "query A { report { id } }", "{ viewer { iq } }"):
        assert wire.post(query).status_code == 400
    assert wire.ask("query V { viewer { id } }")
    assert wire.http.get(f"{wire.url}/ready", timeout=10).json()["lacked"] == 3
    server.process.send_signal(signal.SIGTERM)
    _, log = server.process.communicate(timeout=30)
    lines = [line for line in log.decode().splitlines() if line.startswith("refused: ")]
    assert len(lines) == 2


@pytest.mark.parametrize("body", ["{", "[]", '{"query": "{"}', "null", '{"query": ""}'])
def test_malformed_request_fails_at_once(wire: Wire, body):
    """What is no GraphQL request gets 400."""
    answer = wire.http.post(f"{wire.url}/graphql", data=body, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_failed_mutation_changes_nothing(wire, project):
    """Of a request with two mutations, the second of which fails, nothing stays."""
    query = """mutation Two($p: String) {
      a: upsertBucket(input: {modelName: $p, name: "good"}) { bucket { id } }
      b: upsertBucket(input: {modelName: $p, name: "a/b"}) { bucket { id } } }"""
    assert wire.post(query, p=project).json()["errors"]
    found = wire.ask("query P($p: String) { project(name: $p) { id } }", p=project)
    assert found == {"project": None}


def test_server_features_are_those_the_server_has(wire):
    """The client is told of no feature that would make it ask what is not here."""
    query = "query ServerFeaturesQuery { serverInfo { features { name isEnabled } } }"
    found = wire.ask(query)["serverInfo"]["features"]
    for name in ("FILESTREAM_GZIP", "STRUCTURED_CONSOLE_LOGS", "SWEEPS_LOCAL_SCHEDULER"):
        assert {"name": name, "isEnabled": True} in found
    assert "AUTOMATION_EVENT_RUN_STATE" not in [feature["name"] for feature in found]


# Every operation that the client writes in Python and that runs and sweeps need.
OPERATIONS = """GET_AGENT_RUNS GET_DEFAULT_ENTITY GET_PROJECTS GET_PROJECT GET_SWEEPS
    GET_SWEEP_AGENTS GET_SWEEP_AGENT GET_SWEEP GET_SWEEP_LEGACY GET_VIEWER
    IS_PROJECT_READ_ONLY CREATE_PROJECT"""


# What wandb's artifacts ask only of a registry, or of an organization.
REGISTRY = re.compile("REGISTR|ORGANIZATION|ORG_ENTITY")


def test_schema_has_the_clients_artifact_operations():
    """Every generated artifact operation of the installed wandb is valid, but for registries."""
    operations = vars(importlib.import_module("wandb.sdk.artifacts._generated.operations"))
    wanted = {
        n: text for n, text in operations.items() if n.endswith("_GQL") and not REGISTRY.search(n)
    }
    assert len(wanted) > 20
    problems = {name: validate(schema(), parse(text)) for name, text in wanted.items()}
    assert {name: found for name, found in problems.items() if found} == {}


@pytest.mark.parametrize("name", OPERATIONS.split())
def test_schema_has_the_clients_operations(name):
    """Every generated operation of the installed wandb that concerns runs and sweeps is valid."""
    operations = importlib.import_module("wandb.apis._generated.operations")
    text = getattr(operations, f"{name}_GQL", None)
    if text is None:
        pytest.skip(f"this wandb has no {name}")
    assert validate(schema(), parse(text)) == []


CORE = """UpsertBucket RunResumeStatus RewindRun CreateRunFiles MarkRunFilesUploaded StopRun Viewer
    ServerFeaturesQuery NotifyScriptableRunAlert HistoryPage SampledHistoryPage RunParquetHistory
    RunConsoleLogTail RunConsoleLogPage QueryRunInfo RunState UpsertSweepState EnqueueSweepRun
    OrganizationCoreWeaveOrganizationID"""


@pytest.fixture(scope="module")
def core_documents():
    """The GraphQL documents inside wandb's binary, by name."""
    import wandb

    binary = (Path(wandb.__file__).parent / "bin" / "wandb-core").read_bytes()
    pattern = re.compile(rb"(?:query|mutation) (\w+) ?[({]")
    return {m[1].decode(): _document(binary, m.start()) for m in pattern.finditer(binary)}


def _document(binary: bytes, start: int) -> str:
    depth = 0
    for place in range(start, start + 20_000):
        depth += {0x7B: 1, 0x7D: -1}.get(binary[place], 0)
        # Braces of the input objects, inside the parentheses, close as well.
        if binary[place] == 0x7D and depth == 0:
            return binary[start : place + 1].decode("utf8", "replace")
    return ""


@pytest.mark.parametrize("name", CORE.split())
def test_schema_has_the_cores_operations(core_documents, name):
    """Every operation of wandb's binary that concerns runs and sweeps is valid."""
    if name not in core_documents:
        pytest.skip(f"this wandb has no {name}")
    assert validate(schema(), parse(core_documents[name])) == []


def nested_runs(levels):
    """A query for the runs of the project of each run, and so on."""
    inside = "name"
    for _ in range(levels):
        inside = f"project {{ runs {{ edges {{ node {{ {inside} }} }} }} }}"
    runs = f"runs {{ edges {{ node {{ {inside} }} }} }}"
    return f"query N($p: String) {{ project(name: $p) {{ {runs} }} }}"


def test_lists_in_lists_are_bounded(wire, project):
    """A short query does not get the product of all lists; two levels are as good as before."""
    for number in range(25):
        wire.open_run(project, f"r{number}")
    edges = wire.ask(nested_runs(1), p=project)["project"]["runs"]["edges"]
    assert {len(edge["node"]["project"]["runs"]["edges"]) for edge in edges} == {25}
    answer = wire.post(nested_runs(2), p=project)
    assert answer.status_code == 400
    message = (
        "the query asks for more than 200000 objects, each of which counts as 20 in a list "
        "within a list: ask for less at once, with `first`"
    )
    assert answer.json()["errors"] == [{"message": message}]
