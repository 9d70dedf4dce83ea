"""Requests that come again because their answer did not arrive in time."""

import asyncio
import base64
import json
import tracemalloc

import pytest
from wandb_flyte.backend.app import Backend
from wandb_flyte.backend.store import Database

KEY = "local-" + "0" * 40
CREATE = """mutation UpsertSweep($config: String) {
  upsertSweep(input: {config: $config, projectName: "p"}) { sweep { name } } }"""


@pytest.fixture
def app(tmp_path):
    database = Database(tmp_path / "backend.sqlite3")
    yield Backend(database, tmp_path / "files", KEY).app()
    database.close()


def post(app, body, *, gone: bool):
    """The answer to a request, whose client has gone away meanwhile or waits."""
    authorization = b"Basic " + base64.b64encode(f"api:{KEY}".encode())
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"authorization", authorization)],
    }
    messages = [{"type": "http.request", "body": json.dumps(body).encode()}]
    sent = []

    async def receive():
        if messages:
            return messages.pop(0)
        if not gone:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return json.loads(b"".join(message.get("body", b"") for message in sent))


def test_answer_nobody_heard_is_given_to_the_repeat(app):
    """A client that gave up and asks again gets the sweep that was made for it."""
    body = {"query": CREATE, "variables": {"config": "method: random"}, "operationName": ""}
    unheard = post(app, body, gone=True)
    repeat = post(app, body, gone=False)
    another = post(app, body, gone=False)
    assert repeat == unheard
    assert another != unheard


def test_requests_nobody_waited_for_are_not_kept(app):
    """What is remembered of a request is its hash, not its megabytes."""
    query = 'mutation { upsertModel(input: {name: "p"}) { inserted } }'
    tracemalloc.start()
    try:
        for number in range(10):
            pad = f"{number}" + "x" * 2_000_000
            post(app, {"query": query, "variables": {"pad": pad}}, gone=True)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 10_000_000


def test_answers_nobody_heard_are_bounded(app):
    """Answers are remembered up to 64 MiB, which is enough for those of ordinary size."""
    query = """mutation U($name: String, $config: JSONString) {
      upsertBucket(input: {modelName: "p", name: $name, config: $config}) {
        bucket { config } inserted } }"""
    config = json.dumps({"text": {"value": "x" * 10_000_000}})
    bodies = [
        {"query": query, "variables": {"name": f"r{number}", "config": config}}
        for number in range(8)
    ]
    for body in bodies:
        post(app, body, gone=True)
    repeats = [post(app, body, gone=False)["data"]["upsertBucket"]["inserted"] for body in bodies]
    assert repeats == [True] * 6 + [False] * 2
