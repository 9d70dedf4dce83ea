"""The wire client against the local backend: what it says, and what goes wrong on the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from wandb_flyte.runtime.backend import local_server as servers
from wandb_flyte.runtime.backend.local_server import LocalServer
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient
from wandb_flyte.runtime.backend.wire_errors import (
    BackendAway,
    RateLimited,
    SweepGone,
    WireError,
    WrongKey,
)

from .gateway import Gateway

GRID = {
    "method": "grid",
    "name": "a grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"values": [1e-5, 3]}, "net": {"parameters": {"n": {"values": [None]}}}},
}


@pytest.fixture
def client(shared_server: LocalServer) -> WireClient:
    return WireClient(shared_server.url, shared_server.key)


def test_a_sweep_is_read_back_as_it_was_written(client: WireClient):
    """Floats that YAML would read as text, nested parameters and nulls survive."""
    ref = client.create_sweep(GRID, "", "proj", "made by a test")
    info = client.sweep(ref)
    assert ref.path == f"local/proj/{ref.sweep_id}"
    assert info.config == GRID
    assert (info.name, info.state, info.run_count) == ("a grid", "PENDING", 0)
    assert (info.description, info.expected_runs) == ("made by a test", 2)


def test_update_replaces_the_config_and_keeps_the_description(client: WireClient):
    """A budget is raised without losing what a retried parent looks for."""
    ref = client.create_sweep(GRID, "", "proj", "flyte:run/a0")
    client.update_sweep(ref, {**GRID, "run_cap": 5})
    info = client.sweep(ref)
    assert (info.config["run_cap"], info.description) == (5, "flyte:run/a0")


def test_a_sweep_is_found_by_the_key_in_its_description(client: WireClient):
    """The right one among several, and none when no description holds the key."""
    refs = [client.create_sweep(GRID, "", "proj", f"flyte:r/{i}") for i in range(3)]
    assert client.find_sweep("local", "proj", "r", "1") == refs[1]
    assert client.find_sweep("local", "proj", "r") in refs
    assert client.find_sweep("local", "proj", "r", "9") is None
    assert client.find_sweep("local", "no-such-project", "r", "1") is None


def test_a_sweep_is_found_by_the_whole_name_of_its_action(client: WireClient):
    """One whose name only begins alike is another's; a description of one's own may come first."""
    told = "Like flyte:other/1, but wider.\n\n"
    ten = client.create_sweep(GRID, "", "names", f"{told}flyte:r/10")
    client.create_sweep(GRID, "", "names", "flyte:r/100")
    assert client.find_sweep("local", "names", "r", "1") is None
    assert client.find_sweep("local", "names", "r", "10") == ten
    assert client.find_sweep("local", "names", "other") is None


def test_a_trial_goes_from_the_heartbeat_to_its_end(client: WireClient):
    """An agent gets a trial with plain values, and a run closed on the wire has failed."""
    ref = client.create_sweep(GRID, "", "proj")
    agent = client.register_agent(ref, "a-host")
    (command,) = client.heartbeat(agent, {})
    assert (command.type, command.config) == ("run", {"lr": 1e-5, "net": {"n": None}})
    assert client.heartbeat(agent, {command.run_id: True}) == []
    client.close_run(ref.entity, ref.project, command.run_id, 137)
    (run,) = client.sweep_runs(ref)
    assert (run.id, run.state, run.config) == (command.run_id, "failed", command.config)
    assert client.run(ref.entity, ref.project, run.id) == run
    assert client.run(ref.entity, ref.project, "no-such-run") is None


def test_a_trial_is_written_to_by_its_newest_agent(client: WireClient):
    """Once another agent has taken it up, the first one's words are refused, and it is stopped."""
    ref = client.create_sweep(GRID, "", "proj")
    old = client.register_agent(ref, "a-host")
    (command,) = client.heartbeat(old, {})
    address = (ref.entity, ref.project, command.run_id)
    client.stream(*address, {}, old)
    new = client.register_agent(ref, "another-host")
    client.stream(*address, {}, new)

    with pytest.raises(WireError, match=f"`{command.run_id}` was taken up by another agent"):
        client.stream(*address, {"complete": True, "exitcode": 1}, old)
    assert [told.type for told in client.heartbeat(old, {command.run_id: True})] == ["stop"]
    assert client.heartbeat(new, {command.run_id: True}) == []
    client.stream(*address, {"complete": True, "exitcode": 0}, new)
    assert [run.state for run in client.sweep_runs(ref)] == ["finished"]


def test_a_finished_sweep_tells_its_agents_to_go(client: WireClient):
    """Ending a sweep twice is no error, and its agents exit."""
    ref = client.create_sweep(GRID, "", "proj")
    agent = client.register_agent(ref, "a-host")
    client.set_sweep_state(ref, "FINISHED")
    client.set_sweep_state(ref, "CANCELED")
    assert client.sweep(ref).state == "FINISHED"
    assert [command.type for command in client.heartbeat(agent, {})] == ["exit"]


def test_more_runs_than_a_page_holds_are_all_read(client: WireClient):
    """Lists are read page by page, oldest first."""
    count = 120
    config = {**GRID, "parameters": {"lr": {"values": list(range(count))}}}
    ref = client.create_sweep(config, "", "proj")
    agent = client.register_agent(ref, "a-host")
    for _ in range(count):
        (command,) = client.heartbeat(agent, {})
        client.close_run(ref.entity, ref.project, command.run_id, 0)
    assert [run.config["lr"] for run in client.sweep_runs(ref)] == list(range(count))


def test_a_wrong_key_is_told_apart(shared_server: LocalServer):
    """The message names the backend, and the hint how to give a key."""
    with pytest.raises(WrongKey) as failure:
        WireClient(shared_server.url, "local-" + "0" * 40).viewer()
    assert str(failure.value) == (
        f"The backend at {shared_server.url} does not take the API key.\n"
        "Set WANDB_API_KEY to a key of that backend, or run `wandb login`."
    )


def test_a_sweep_that_is_not_there_is_told_apart(client: WireClient):
    """The message names the sweep."""
    with pytest.raises(SweepGone, match="There is no sweep `local/proj/nope`"):
        client.sweep(SweepRef("local", "proj", "nope"))


def test_what_the_backend_refuses_is_quoted(client: WireClient):
    """An agent of a sweep that does not exist is refused in the backend's words."""
    with pytest.raises(WireError) as failure:
        client.register_agent(SweepRef("local", "proj", "nope"), "a-host")
    assert "answered: " in failure.value.message
    assert "nope" in failure.value.message


def test_a_backend_that_is_away_is_named(empty_home):
    """Nothing listens: one sentence with the address and the reason."""
    client = WireClient("http://127.0.0.1:9", "key", patience_s=0)
    with pytest.raises(BackendAway) as failure:
        client.viewer()
    assert failure.value.message == (
        "The backend at http://127.0.0.1:9 can't be reached: connection refused."
    )


def test_a_request_waits_for_a_backend_that_comes_back(local_server: LocalServer):
    """A restart of the backend between two requests is not noticed."""
    client = WireClient(local_server.url, local_server.key)
    servers.stop()
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(client.viewer()))
    asking.start()
    servers.start()
    asking.join(30)
    assert answers == ["local"]


@pytest.mark.parametrize("status", [400, 409, 413, 422, 501])
def test_a_final_refusal_is_not_tried_again(shared_server: LocalServer, status: int):
    """Neither here nor by Flyte, which starts a task once more for what may go away."""
    with Gateway(shared_server.url, shared_server.key) as gateway:
        gateway.refusals = [(status, {})]
        with pytest.raises(WireError, match=f"answered: HTTP {status}") as failure:
            WireClient(gateway.url, "key").viewer()
        assert gateway.asked == 1
    assert not failure.value.transient


def test_a_backend_that_limits_its_rate_is_asked_again(shared_server: LocalServer):
    """As soon as it says, in seconds or as a date, and without an error."""
    now = format_datetime(datetime.now(UTC), usegmt=True)
    with Gateway(shared_server.url, shared_server.key) as gateway:
        gateway.refusals = [(429, {"Retry-After": after}) for after in ("1", now, "soon", "")]
        assert WireClient(gateway.url, "key").viewer() == "local"
        assert gateway.asked == 5


@pytest.mark.parametrize("as_date", [False, True])
def test_a_backend_that_limits_its_rate_for_long_is_told_apart(
    shared_server: LocalServer, as_date: bool
):
    """It is there, and says when to come again: the error says so, and nothing waits meanwhile."""
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=3600), usegmt=True)
    with Gateway(shared_server.url, shared_server.key) as gateway:
        gateway.refusals = [(429, {"Retry-After": later if as_date else "3600"})]
        with pytest.raises(RateLimited) as failure:
            WireClient(gateway.url, "key").viewer()
    assert failure.value.retry_after_s == pytest.approx(3600, abs=60)
    assert failure.value.message.startswith(
        f"The backend at {gateway.url} limits the rate of requests. It asks to wait for 3"
    )
    assert failure.value.hint == "Try again later, or with fewer agents at once."


def test_loopback_needs_no_proxy(client: WireClient, monkeypatch):
    """A proxy of the environment is no way to this machine's own backend."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert client.viewer() == "local"


def test_what_is_no_backend_is_named(empty_home, tmp_path):
    """A web server that is none of W&B's, and an address that is none."""
    with http_server() as url, pytest.raises(WireError) as failure:
        WireClient(url, "key").viewer()
    assert str(failure.value) == f"What answers at {url} is no W&B backend.\nCheck WANDB_BASE_URL."
    with pytest.raises(WireError, match="`localhost:1` can't be asked: "):
        WireClient("localhost:1", "key").viewer()


@contextmanager
def http_server() -> Iterator[str]:
    """A plain web server that answers any POST with a page."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html></html>")

        def log_message(self, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
