"""A server that other machines reach: only with a key of the user's, and nothing without it."""

import json
import socket
import subprocess
import sys

import pytest
import requests

from .conftest import Server, Wire, launch, wait_for, wandb_environment

KEY = "local-" + "a1" * 20


@pytest.fixture(scope="module")
def open_server(tmp_path_factory):
    """A server on every address of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANDB_FLYTE_LOCAL_KEY", KEY)
        data = tmp_path_factory.mktemp("open")
        server = Server(data, ("--host", "0.0.0.0")).start()
    yield server
    assert server.stop() == 0


def get(url, host="example.org", **more):
    """A page as a browser on another machine asks for it; no netrc, no proxy."""
    session = requests.Session()
    session.trust_env = False
    return session.get(url, headers={"Host": host}, timeout=30, allow_redirects=False, **more)


def test_other_names_are_answered_with_the_key(open_server):
    """A client that knows the machine under any name gets answers, and addresses of that name."""
    wire = Wire(open_server)
    wire.http.headers["Host"] = "training-box:8080"
    assert open_server.state["key"] == KEY
    assert wire.open_run("p", "r")["bucket"]["name"] == "r"
    query = """mutation F($p: String!, $r: String!, $f: [String!]!) {
        createRunFiles(input: {projectName: $p, runName: $r, files: $f}) {
            files { uploadUrl } } }"""
    (file,) = wire.ask(query, p="p", r="r", f=["a.txt"])["createRunFiles"]["files"]
    assert file["uploadUrl"].startswith("http://training-box:8080/storage/")
    wire.http.headers["X-Forwarded-Proto"] = "https"
    (file,) = wire.ask(query, p="p", r="r", f=["a.txt"])["createRunFiles"]["files"]
    assert file["uploadUrl"].startswith("https://training-box:8080/storage/")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://box:1", "Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),
    ],
)
def test_other_servers_pages_can_not_ask_for_changes(open_server, said, status):
    """A browser sends the pages' login along whoever has it ask, and says whose page does."""
    wire = Wire(open_server)
    wire.http.headers.update({"Host": "box:1", "Content-Type": "text/plain", **said})
    query = 'mutation { upsertModel(input: {name: "p", entityName: "local"}) { inserted } }'
    for address in ("/graphql", "/files/local/p/r/file_stream"):
        answer = wire.http.post(wire.url + address, data=json.dumps({"query": query}), timeout=60)
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize("host", ["example.org", "localhost", "127.0.0.1"])
@pytest.mark.parametrize("page", ["/", "/local/p", "/local/p/runs/r", "/local/p/sweeps", "/a/b/c"])
def test_pages_need_the_key(open_server, host, page):
    """Whatever name the request claims: without the key a browser is asked for one."""
    url = open_server.state["url"] + page
    for auth in (None, ("me", "wrong"), ("me", "")):
        refused = get(url, host, auth=auth)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic ")
        assert "local" not in refused.text
    assert get(url, host, auth=("me", KEY)).status_code in (200, 307, 404)


def test_nothing_but_its_health_without_the_key(open_server):
    """Data, files and blobs are refused; `/ready` says that the server is up."""
    url = open_server.state["url"]
    assert get(f"{url}/ready").json()["status"] == "ok"
    assert get(f"{url}/storage/local/p/r/a.txt").status_code == 401
    assert get(f"{url}/artifacts/local/{'0' * 32}").status_code == 401
    stream = requests.post(f"{url}/files/local/p/r/file_stream", json={}, timeout=30)
    assert stream.status_code == 401
    graphql = requests.post(f"{url}/graphql", json={"query": "{ viewer { id } }"}, timeout=30)
    assert graphql.status_code == 401


def test_the_users_key_is_wandbs(open_server, tmp_path):
    """The real client logs in with the user's key."""
    environment = wandb_environment(open_server, tmp_path) | {"WANDB_API_KEY": KEY}
    program = "import wandb; print(wandb.Api().default_entity)"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "local", done.stderr


@pytest.mark.parametrize(
    ("key", "host", "says"),
    [
        (
            "",
            "0.0.0.0",
            "Listening on `0.0.0.0`, which other machines reach, needs a key of yours.",
        ),
        ("short", "0.0.0.0", "WANDB_FLYTE_LOCAL_KEY is no key that wandb takes"),
        ("short", "127.0.0.1", "WANDB_FLYTE_LOCAL_KEY is no key that wandb takes"),
        (KEY + " x", "127.0.0.1", "WANDB_FLYTE_LOCAL_KEY is no key that wandb takes"),
        (KEY, "nowhere.invalid", "`nowhere.invalid` is no address of this machine."),
        (KEY, "192.0.2.1", "`192.0.2.1` can't be listened on: Cannot assign requested address."),
    ],
)
def test_refused_before_anything_is_served(tmp_path, monkeypatch, key, host, says):
    """One sentence on stderr, exit code 1, and no state file."""
    monkeypatch.setenv("WANDB_FLYTE_LOCAL_KEY", key)
    process = launch("--data-dir", str(tmp_path), "--host", host)
    _, error = process.communicate(timeout=60)

    assert process.returncode == 1
    assert error.decode().startswith(says)
    assert not (tmp_path / "server.json").exists()


def test_loopback_stays_loopback(server):
    """Without --host nothing but this machine's loopback interface is listened on."""
    port = int(server.state["url"].rpartition(":")[2])
    others = {place[4][0] for place in socket.getaddrinfo(socket.gethostname(), None)}
    for ip in {ip for ip in others if not ip.startswith("127.") and ":" not in ip}:
        with socket.socket() as client:
            client.settimeout(5)
            assert client.connect_ex((ip, port)) != 0


@pytest.mark.parametrize(
    "query",
    [
        "query Q { viewer { id } }" + " " * 100_000,
        "query Q { " + "viewer { id } " * 4000 + "}",
        "query Q " + "{ viewer " * 3000 + "}" * 3000,
    ],
    ids=["long", "wide", "deep"],
)
def test_queries_are_bounded(wire, query):
    """A query longer, wider or deeper than any client's is refused at once, for good."""
    answer = wire.post(query)
    assert answer.status_code == 400
    assert answer.json()["errors"]


@pytest.mark.parametrize("host", ["127.0.0.2", "127.1"])
def test_any_loopback_address_will_do(tmp_path, host):
    """Each of them is this machine, which needs no key of the user's."""
    server = Server(tmp_path / "data", ("--host", host)).start()
    assert requests.get(f"{server.state['url']}/ready", timeout=10).status_code == 200
    assert server.stop() == 0


def test_ipv6_loopback(tmp_path, monkeypatch):
    """`--host ::1` is this machine alone: it needs no key of the user's."""
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 here")
    monkeypatch.delenv("WANDB_FLYTE_LOCAL_KEY", raising=False)
    server = Server(tmp_path, ("--host", "::1")).start()
    try:
        assert server.state["url"].startswith("http://[::1]:")
        wait_for(lambda: requests.get(server.state["url"] + "/ready", timeout=30).ok, "the server")
        assert json.loads((tmp_path / "server.json").read_text())["host"] == "::1"
    finally:
        assert server.stop() == 0
