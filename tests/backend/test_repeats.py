"""Requests that come again because their answer did not arrive in time."""

import asyncio
import base64
import json
import threading
import tracemalloc

import pytest
from wandb_flyte.backend.app import Backend
from wandb_flyte.backend.store import Database

KEY = "local-" + "0" * 40
CREATE = """mutation UpsertSweep($config: String) {
  upsertSweep(input: {config: $config, projectName: "p"}) { sweep { name } } }"""


class Busy(Database):
    """A database that says when it was asked to store something."""

    asked = None

    def write(self, job, *, gives_way=False):
        future = super().write(job, gives_way=gives_way)
        if self.asked is not None:
            self.asked.set()
        return future


@pytest.fixture
def database(tmp_path):
    opened = Busy(tmp_path / "backend.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def app(database, tmp_path):
    return Backend(database, tmp_path / "files", KEY).app()


def post(app, body, *, gone: bool):
    """The answer to a request, whose client has gone away meanwhile or waits."""
    return asyncio.run(ask(app, body, gone=gone))


async def ask(app, body, *, gone: bool, looked=None):
    """The same in a loop that has other requests too; says when somebody looks for the client."""
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
        if looked is not None:
            looked.set()
        if not gone:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return json.loads(b"".join(message.get("body", b"") for message in sent))


def test_answer_nobody_heard_is_given_to_the_repeat(app):
    """A client that gave up and asks again gets the sweep that was made for it."""
    body = {"query": CREATE, "variables": {"config": "method: random"}, "operationName": ""}
    unheard = post(app, body, gone=True)
    repeat = post(app, body, gone=False)
    another = post(app, body, gone=False)
    assert repeat == unheard
    assert another != unheard


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "waiting"])
def test_request_that_is_not_answered_yet_is_taken_over(app, database, gone):
    """A client that gave up before its request was begun gets one sweep for it and its repeat;
    two clients that both wait get one each."""
    body = {"query": CREATE, "variables": {"config": "method: random"}, "operationName": ""}
    release = threading.Event()

    async def twice():
        held = database.write(lambda _: release.wait(60))
        database.asked, looked = asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(ask(app, body, gone=gone, looked=looked))
        await database.asked.wait()
        database.asked.clear()
        second = asyncio.create_task(ask(app, body, gone=False))
        # It has found the first one, or is on its way to the writer as well.
        signs = [asyncio.create_task(event.wait()) for event in (looked, database.asked)]
        await asyncio.wait(signs, return_when=asyncio.FIRST_COMPLETED)
        release.set()
        return await asyncio.gather(first, second, asyncio.wrap_future(held))

    first, second, _ = asyncio.run(twice())
    assert (first == second) is gone


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
