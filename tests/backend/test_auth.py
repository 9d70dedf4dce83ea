"""Who may ask."""

import pytest
import requests


def post(url, **more):
    return requests.post(
        f"{url}/graphql", json={"query": "query Viewer { viewer { id } }"}, timeout=10, **more
    )


@pytest.mark.parametrize("auth", [None, ("api", "local-" + "0" * 40), ("api", ""), ("api", "ключ")])
def test_wrong_key_is_refused(wire, auth):
    """Without the key nothing is answered, at once and for good (401)."""
    auth = auth and (auth[0], auth[1].encode())
    answer = post(wire.url, auth=auth)
    assert answer.status_code == 401
    assert answer.json()["errors"] == [{"message": "the API key is missing or wrong"}]
    stream = requests.post(
        f"{wire.url}/files/local/p/r/file_stream", json={}, auth=auth, timeout=10
    )
    assert stream.status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_other_host_names_are_refused(wire, host):
    """A web page whose name points at 127.0.0.1 gets nothing."""
    answer = requests.get(f"{wire.url}/ready", headers={"Host": host}, timeout=10)
    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:80", "127.0.0.1:1", "[::1]:80"])
def test_loopback_names_are_answered(wire, host):
    """Every name of the loopback interface is answered."""
    assert requests.get(f"{wire.url}/ready", headers={"Host": host}, timeout=10).ok


@pytest.mark.parametrize("kind", ["entity", "project", "run"])
@pytest.mark.parametrize("name", ["..", "a/b", "a:b", "a\x00b", "x" * 129, "a?b"])
def test_names_that_leave_a_url_are_refused(wire, kind, name):
    """A name that can't stand in a URL is refused with a message that names it."""
    given = {"entity": "local", "project": "p", "run": "r", kind: name}
    query = """mutation U($e: String, $p: String, $n: String) {
        upsertBucket(input: {entityName: $e, modelName: $p, name: $n}) { bucket { id } } }"""
    answer = wire.post(query, e=given["entity"], p=given["project"], n=given["run"])
    (error,) = answer.json()["errors"]
    assert answer.status_code == 200
    assert "is not allowed" in error["message"] and name[:100] in error["message"]


def test_telemetry_is_turned_away(wire):
    """wandb's telemetry gets a 404, which turns it off."""
    for name in ("metrics", "logs"):
        address = f"{wire.url}/sdk/otel/v1/{name}"
        assert requests.post(address, data=b"", timeout=10).status_code == 404
