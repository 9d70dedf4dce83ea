"""The harness itself: each thing that it can do to a pod does happen to that pod."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from wandb_flyte import wandb_config, wandb_sweep_config
from wandb_flyte.runtime.backend.local_server import LocalServer

from .cluster import ROOT, Cluster, Pod
from .processes import marked
from .proxy import Proxy
from .waiting import wait_for


@pytest.fixture
def sweep(cluster: Callable[..., Cluster], tmp_path: Path) -> Cluster:
    """A sweep of three trials by one agent."""
    made = cluster(SOAK_JOURNAL=str(tmp_path / "journal"), SOAK_ROW_S="0.2", SOAK_RETRIES="3")
    config = wandb_sweep_config(
        method="grid", metric={"name": "loss"}, parameters={"x": {"values": [1, 2, 3]}}
    )
    context = {**wandb_config(project="harness"), **config}
    made.start("run_parallel_sweep", context, total_trials=3, num_agents=1)
    return made


def journal(tmp_path: Path, what: str) -> list[dict[str, Any]]:
    file = tmp_path / "journal"
    lines = file.read_text().splitlines() if file.exists() else []
    return [line for line in map(json.loads, lines) if line["what"] == what]


def agent(cluster: Cluster) -> Pod | None:
    return next((pod for pod in cluster.pods() if pod.action != ROOT), None)


def test_a_parent_and_its_agents_run_as_pods(sweep: Cluster, tmp_path: Path) -> None:
    """The parent's pod starts an agent's pod, waits for its outputs, and has outputs itself."""
    wait_for(sweep.outcome, "the parent's end")

    assert "outputs" in (sweep.outcome() or {}), sweep.log()
    assert sorted(sweep.attempts().values()) == [1, 1]
    assert sorted(line["x"] for line in journal(tmp_path, "start")) == [1, 2, 3]
    agents = {line["pod"] for line in journal(tmp_path, "start")}
    assert len(agents) == 1


def test_a_killed_pod_is_gone_and_is_started_again(sweep: Cluster, tmp_path: Path) -> None:
    """All its processes die, its worker's own session included; another attempt follows."""
    wait_for(lambda: journal(tmp_path, "row"), "a trial")
    pod = agent(sweep)
    assert pod is not None
    assert pod.workers()
    mark = journal(tmp_path, "row")[-1]["pod"]

    pod.kill()

    assert not pod.workers()
    wait_for(lambda: marked(mark) == [], "the end of its processes")
    again = wait_for(lambda: (other := agent(sweep)) and other.attempt == 1 and other, "a retry")
    assert again.action == pod.action


@pytest.mark.long
def test_a_killed_parent_finds_its_agents(sweep: Cluster, tmp_path: Path) -> None:
    """Another attempt of the parent waits for the agents that the first one started."""
    wait_for(lambda: journal(tmp_path, "row"), "a trial")
    parent = sweep.pods()[0]
    assert parent.action == ROOT

    parent.kill()

    wait_for(sweep.outcome, "the parent's end")
    assert "outputs" in (sweep.outcome() or {}), sweep.log()
    assert sweep.attempts() == {ROOT: 2, **dict.fromkeys(set(sweep.attempts()) - {ROOT}, 1)}


@pytest.mark.long
def test_a_frozen_pod_stands_still(sweep: Cluster, tmp_path: Path) -> None:
    """Nothing of it goes on until it is thawed."""
    wait_for(lambda: journal(tmp_path, "row"), "a trial")
    pod = agent(sweep)
    assert pod is not None

    pod.freeze()
    states = {
        Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        for pid in (pod.process.pid, *pod.workers())
    }
    before = len(journal(tmp_path, "row"))
    pod.thaw()

    assert states == {"T"}
    wait_for(lambda: len(journal(tmp_path, "row")) > before, "another row")


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "refused"])
def test_a_cut_way_passes_nothing(silent: bool, backend: LocalServer) -> None:
    """Requests through it fail while it is cut, and get through once it is mended."""
    with Proxy(lambda: backend.url) as proxy, requests.Session() as session:
        session.trust_env = False
        assert session.get(f"{proxy.url}/ready", timeout=30).status_code == 200
        proxy.cut(silent=silent)
        with pytest.raises(requests.RequestException):
            session.get(f"{proxy.url}/ready", timeout=0.5)
        proxy.mend()
        assert session.get(f"{proxy.url}/ready", timeout=30).status_code == 200


def test_who_waits_for_a_backend_that_is_killed_is_told() -> None:
    """A connection that the backend's end resets is over on the other side too, at once."""

    def reset() -> None:
        connection, _ = server.accept()
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=reset, daemon=True).start()
        with Proxy(lambda: "http://127.0.0.1:{1}".format(*server.getsockname())) as proxy:
            with pytest.raises(requests.ConnectionError) as raised:
                requests.post(proxy.url, data=b"rows", timeout=30, proxies={"http": ""})
            assert not isinstance(raised.value, requests.Timeout)


@pytest.mark.long
def test_a_killed_trial_leaves_its_agent(sweep: Cluster, tmp_path: Path) -> None:
    """The worker alone dies, and its agent's pod goes on."""
    wait_for(lambda: journal(tmp_path, "row"), "a trial")
    pod = agent(sweep)
    assert pod is not None
    (worker,) = pod.workers()

    os.kill(worker, signal.SIGKILL)

    wait_for(sweep.outcome, "the parent's end")
    assert sorted(sweep.attempts().values()) == [1, 1]
