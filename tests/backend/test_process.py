"""The server as a process."""

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from .conftest import Server, Wire, launch, wait_for


def test_state_file_says_where_and_how(own_server):
    """The state file has the address, the key, the entity, the process and the version."""
    state = own_server.state
    assert state["url"].startswith("http://127.0.0.1:")
    assert state["key"].startswith("local-") and len(state["key"]) == 46
    assert state["entity"] == "local"
    assert state["pid"] == own_server.process.pid
    ready = requests.get(f"{state['url']}/ready", timeout=10).json()
    assert ready == {
        "status": "ok",
        "pid": state["pid"],
        "version": state["version"],
        "lacked": 0,
    }


def test_secrets_are_private(own_server):
    """Only this user can read the key and the state file."""
    for name in ("key", "server.json"):
        assert (own_server.data_dir / name).stat().st_mode & 0o777 == 0o600


def test_what_is_kept_is_private_in_an_open_folder(tmp_path):
    """Others can't read the database where the folder was there before, open to them."""
    (tmp_path / "data").mkdir(mode=0o755)
    server = Server(tmp_path / "data").start()
    database = server.data_dir / "backend.sqlite3"
    assert database.stat().st_mode & 0o077 == 0
    assert server.stop() == 0


def test_connections_that_ask_nothing_are_closed(own_server):
    """They need no key, and only so many can be open."""
    port = int(own_server.state["url"].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as silent:
        assert silent.recv(1) == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_cleanly(own_server, number):
    """A stop that was asked for ends with exit code 0 and takes the state file away."""
    assert own_server.stop(number) == 0
    assert not (own_server.data_dir / "server.json").exists()


def test_second_server_on_the_folder_is_refused(own_server):
    """A data folder has one server: the second ends with exit code 3 and one line."""
    process = launch("--data-dir", str(own_server.data_dir))
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 3
    expected = f"another local backend is running on `{own_server.data_dir}`.\n"
    assert errors.decode() == expected


def test_taken_port_is_refused(tmp_path):
    """A port asked for that is taken ends the server with exit code 1 and one line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = launch("--data-dir", str(tmp_path / "data"), "--port", str(port))
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.decode() == (
        f"port `{port}` can't be used: Address already in use."
        " Give another --port, or none for any free one.\n"
    )
    assert not (tmp_path / "data" / "server.json").exists()


def test_folder_that_cannot_be_made_is_named(tmp_path):
    """A data folder that can't be made ends the server with exit code 1 and one line."""
    (tmp_path / "file").write_text("a file")
    process = launch("--data-dir", str(tmp_path / "file" / "data"))
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.decode() == (
        f"the data folder `{tmp_path}/file/data` can't be written: Not a directory."
        " Give another --data-dir, or make this one yours.\n"
    )


def test_newer_database_is_named(tmp_path):
    """A newer program's database ends the server with exit code 1 and one line, as it was."""
    database = tmp_path / "data" / "backend.sqlite3"
    database.parent.mkdir()
    with sqlite3.connect(database) as db:
        db.execute("PRAGMA user_version = 999")
    process = launch("--data-dir", str(database.parent))
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert re.fullmatch(
        r"the database has version `999`, newer than this wandb-flyte knows \(`\d+`\)\."
        r" Upgrade wandb-flyte\.\n",
        errors.decode(),
    )


def test_missing_extra_is_named(tmp_path):
    """Without the `local` extra the server says in one line what to install, exit code 4."""
    code = (
        "import sys, runpy; sys.modules['optuna'] = None; sys.argv[1:] = ['--data-dir', 'data'];"
        "runpy.run_module('wandb_flyte.backend', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 4
    expected = "the local backend needs `optuna`: pip install 'wandb-flyte[local]'\n"
    assert done.stderr == expected
    assert list(tmp_path.iterdir()) == []


def test_killed_server_comes_back_with_everything(own_server):
    """After SIGKILL the server comes back on the same port, with the same key and all data."""
    first = own_server.state
    wire = Wire(own_server)
    wire.open_run("p", "run1")
    wire.log("p", "run1", [{"loss": 0.5}, {"loss": 0.25}])
    own_server.stop(signal.SIGKILL)
    own_server.start()
    assert (own_server.state["url"], own_server.state["key"]) == (first["url"], first["key"])
    rows = [json.loads(line) for line in Wire(own_server).run("p", "run1")["history"]]
    assert [row["loss"] for row in rows] == [0.5, 0.25]


def test_starting_loads_no_search_engine(own_server):
    """Starting loads neither optuna nor scipy: they come with the first Bayesian sweep."""
    maps = Path(f"/proc/{own_server.process.pid}/maps")
    if not maps.exists():
        pytest.skip("needs /proc")
    wait_for(lambda: Wire(own_server).ask("query Viewer { viewer { id } }"), "an answer")
    assert "scipy" not in maps.read_text()
