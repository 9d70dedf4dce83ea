from __future__ import annotations

import fcntl
import http.server
import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from wandb_flyte._agreed import LOCK_FILE, STATE_FILE
from wandb_flyte.backend.process import DataFolder
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.backend import local_server as servers
from wandb_flyte.runtime.backend.local_server import LocalServer
from wandb_flyte.runtime.backend.wire import WireClient


def test_home_is_in_the_users_home_unless_told_otherwise(empty_home, monkeypatch):
    """Data is kept in ~/.wandb-flyte, or in $WANDB_FLYTE_HOME."""
    assert servers.home() == empty_home / ".wandb-flyte"
    monkeypatch.delenv("WANDB_FLYTE_HOME")
    assert servers.data_dir() == empty_home / ".wandb-flyte" / "local"


def test_nothing_is_found_before_the_first_start(empty_home):
    """Without a server there is none to find and none to stop."""
    assert servers.find() is None
    assert servers.stop() is False


def test_start_gives_a_server_that_takes_its_key(local_server: LocalServer):
    """The server that start returns is up, is found again, and takes the key it comes with."""
    assert servers.find() == local_server
    assert WireClient(local_server.url, local_server.key).viewer() == local_server.entity


def test_a_second_start_returns_the_running_server(local_server: LocalServer):
    """Starting twice gives one server."""
    assert servers.start() == local_server


def test_processes_that_start_at_once_share_one_server(empty_home):
    """Three processes that start the backend at the same moment end up with the same one."""
    code = "from wandb_flyte.runtime.backend import local_server; print(local_server.start().pid)"
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    pids = {process.communicate()[0] for process in started}
    servers.stop()
    assert len(pids) == 1


def test_stop_waits_until_the_server_is_gone(local_server: LocalServer):
    """After stop no server answers, and a second stop finds none."""
    assert servers.stop() is True
    assert servers.find() is None
    assert servers.stop() is False


def test_a_restarted_server_keeps_its_address_key_and_data(local_server: LocalServer):
    """Links and keys stay good over a restart, also after a crash."""
    client = WireClient(local_server.url, local_server.key)
    config = {"method": "random", "parameters": {"lr": {"min": 0.0, "max": 1.0}}}
    ref = client.create_sweep(config, "", "kept")
    client.close()
    os.kill(local_server.pid, signal.SIGKILL)
    again = servers.start()
    assert (again.url, again.key) == (local_server.url, local_server.key)
    assert again.pid != local_server.pid
    assert WireClient(again.url, again.key).sweep(ref).config == config


def test_stop_leaves_another_process_with_that_pid_alone(empty_home):
    """A state file left behind by a crash may name a pid that is somebody else's by now."""
    with subprocess.Popen(["sleep", "60"]) as other:
        write_state(servers.data_dir(), url="http://127.0.0.1:9", pid=other.pid)
        assert servers.stop() is False
        assert other.poll() is None
        other.kill()


def test_whoever_took_a_killed_servers_port_is_not_believed(local_server: LocalServer):
    """Else it would be given the key: everybody can read what a server says of itself."""
    os.kill(local_server.pid, signal.SIGKILL)
    place = local_server.data_dir / LOCK_FILE
    with place.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # It is gone.
    port = int(local_server.url.rpartition(":")[2])
    with socketserver.TCPServer(("127.0.0.1", port), Impostor) as impostor:
        impostor.pid = local_server.pid
        threading.Thread(target=impostor.serve_forever, daemon=True).start()
        assert servers.find() is None
        again = servers.start()
        assert again.url != local_server.url
        impostor.shutdown()


class Impostor(http.server.BaseHTTPRequestHandler):
    """Says of itself what the server said that had its port."""

    def do_GET(self):
        body = json.dumps({"status": "ok", "pid": self.server.pid}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_stop_leaves_whoever_else_holds_the_folder_alone(empty_home):
    """`local import` and `local gc` hold it too, and a killed server's pid may be anybody's."""
    folder = servers.data_dir()
    with subprocess.Popen(["sleep", "60"]) as other:
        write_state(folder, url="http://127.0.0.1:9", pid=other.pid)
        with DataFolder(folder).held():
            assert servers.stop() is False
        assert other.poll() is None
        other.kill()


def test_a_broken_state_file_counts_as_none(empty_home):
    """What can't be read names no server."""
    folder = servers.data_dir()
    folder.mkdir(parents=True)
    (folder / STATE_FILE).write_text('{"url": ')
    assert servers.find() is None


def test_a_taken_port_is_named(empty_home):
    """A port that another program listens on is an error that names it, and the log."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError) as failure:
            servers.start(port=port)
    assert str(port) in failure.value.message
    assert failure.value.message.startswith("The local backend did not start: ")
    assert failure.value.hint == f"Its log: {servers.data_dir() / servers.LOG_FILE}"


def test_another_port_than_the_running_servers_is_refused(local_server: LocalServer):
    """A running server is not moved to another port."""
    with pytest.raises(UserError) as failure:
        servers.start(port=1)
    assert str(failure.value) == (
        f"The local backend already listens at {local_server.url}, not on port `1`.\n"
        "Stop it first: wandb-flyte local stop"
    )


def write_state(folder: Path, **values: object) -> None:
    folder.mkdir(parents=True)
    state = {"key": "local-", "entity": "local", "version": "0", **values}
    (folder / STATE_FILE).write_text(json.dumps(state))
