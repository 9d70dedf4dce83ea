"""A sweep of four agents whose server is killed again and again, and what is left of it."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.backend.conftest import Server, Wire, WireSweep, wait_for, wandb_environment

from .agents import play_agent, start_agent

AGENTS = 4
PROJECT = "kills"
_LIMIT_S = 900.0
# Right now, or when a request was carried out and is not answered yet.
_MOMENTS = ("", "", "/graphql", "/file_stream")


@dataclass(frozen=True)
class Outcome:
    """What came of a sweep.

    Attributes:
        kills: How often the server was killed.
        unheard: In how many of them something had been done that nobody was told.
        trials: The sweep's budget.
        rows: How many rows were acknowledged.
        problems: What the judge found.
    """

    kills: int
    unheard: int
    trials: int
    rows: int
    problems: list[str]


class Dying(Server):
    """A server that can be told to die before its next answer."""

    def start(self) -> Dying:
        """Start it, and wait until it listens."""
        place = self.data_dir / "server.json"
        place.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.durability.dying", "--data-dir", str(self.data_dir)]
        self.process = subprocess.Popen([*command, *self.options])
        wait_for(place.exists, "the state file", 60)
        self.state = json.loads(place.read_text())
        return self

    def kill(self, unheard: str = "") -> bool:
        """Kill it now, or before its next answer at such an address; then start it again.

        Returns:
            Whether an answer died with it for sure.
        """
        assert self.process is not None
        died = False
        if unheard:
            scratch = self.data_dir / "die.new"
            scratch.write_text(unheard)
            scratch.replace(self.data_dir / "die")
            with suppress(subprocess.TimeoutExpired):
                died = bool(self.process.wait(timeout=5))
            (self.data_dir / "die").unlink(missing_ok=True)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)
        self.start()
        return died

    def end(self) -> None:
        """Stop it for good."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=30)


def run_sweep(
    folder: Path, seed: int, *, trials: int, kills: int, real: bool, without: str = ""
) -> Outcome:
    """Run a sweep in an empty folder under kills, and judge it.

    Args:
        folder: The folder.
        seed: Decides when the server is killed.
        trials: The sweep's budget.
        kills: How often the server is killed, unless the sweep is over before.
        real: Whether wandb itself runs in the trials; else the agents speak the protocol.
        without: What to take out of the server: `offsets` or `deliveries`.
    """
    journal = folder / "journal.jsonl"
    server = Dying(folder / "data", options=("--without", without) if without else ()).start()
    try:
        config = {"method": "random", "run_cap": trials, "metric": {"name": "loss"}}
        parameters = {"x": {"min": 0.0, "max": 1.0}}
        sweep = Wire(server).sweep(PROJECT, config | {"parameters": parameters})
        with (_wandb_agents if real else _played_agents)(server, sweep, folder, journal) as over:
            pause_s = 5.0 if real else 0.3
            made = _kill(server, random.Random(seed), kills, pause_s, over)
            wait_for(over, "the end of the sweep", _LIMIT_S)
        tokens = [json.loads(line) for line in journal.read_text().splitlines()]
        problems = [*judge_database(server, trials, tokens), *_of_files(server)]
        problems += _of_api(server, folder, trials, tokens)
    finally:
        server.end()
    return Outcome(made[False] + made[True], made[True], trials, len(tokens), problems)


def _kill(
    server: Dying, chance: random.Random, kills: int, pause_s: float, over: Callable[[], bool]
) -> Counter[bool]:
    made = Counter[bool]()
    while sum(made.values()) < kills:
        time.sleep(chance.uniform(0.05, pause_s))
        if over():
            break
        made[server.kill(chance.choice(_MOMENTS))] += 1
    return made


@contextmanager
def _wandb_agents(
    server: Server, sweep: WireSweep, folder: Path, journal: Path
) -> Iterator[Callable[[], bool]]:
    environment = wandb_environment(server, folder)
    address = f"local/{PROJECT}/{sweep.name}"
    agents = [start_agent(address, environment, journal) for _ in range(AGENTS)]
    try:
        yield lambda: all(agent.poll() is not None for agent in agents)
    finally:
        for agent in agents:
            agent.kill()
            agent.wait(timeout=30)


@contextmanager
def _played_agents(
    server: Server, sweep: WireSweep, _: Path, journal: Path
) -> Iterator[Callable[[], bool]]:
    told = (server.state["url"], server.state["key"], PROJECT, sweep.name, journal)
    with ThreadPoolExecutor(AGENTS) as threads:
        agents = [threads.submit(play_agent, *told) for _ in range(AGENTS)]
        yield lambda: all(agent.done() for agent in agents)
        for agent in agents:
            agent.result()


def judge_database(server: Server, trials: int, tokens: list[dict[str, str]]) -> list[str]:
    """What is wrong with what a server keeps, in a sentence each.

    Args:
        server: The server; it need not run.
        trials: The sweep's budget.
        tokens: The rows that were acknowledged: each its `run` and its `token`.
    """
    with _database(server) as db:
        found = db.execute("SELECT id, name, state, history_lines FROM runs").fetchall()
        rows = db.execute("SELECT run_id, line FROM lines WHERE stream = 'history'").fetchall()
        states = db.execute("SELECT state FROM sweeps").fetchall()
        (sound,) = db.execute("PRAGMA integrity_check").fetchone()
    wrong = [] if sound == "ok" else [f"SQLite finds: {sound}"]
    wrong += [] if states == [("FINISHED",)] else [f"sweeps are {states}"]
    names = {pk: name for pk, name, *_ in found}
    held = [(names[pk], json.loads(line)["token"]) for pk, line in rows]
    wrong += _compared("SQLite", trials, {n: state for _, n, state, _ in found}, held, tokens)
    counts = Counter(pk for pk, _ in rows)
    wrong += [
        f"run {name} counts {lines} rows and has {counts[pk]}"
        for pk, name, _, lines in found
        if counts[pk] != lines
    ]
    return wrong


def _of_api(server: Server, folder: Path, trials: int, tokens: list[dict[str, str]]) -> list[str]:
    """What `wandb.Api()` says, asked from a process that has no other settings."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.durability.read", f"local/{PROJECT}"],
        env=wandb_environment(server, folder),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        return [f"wandb.Api() failed: {done.stderr[-1000:]}"]
    told = json.loads(done.stdout.splitlines()[-1])
    held = [(run, token) for run, its in told["tokens"].items() for token in its]
    return _compared("wandb.Api()", trials, told["states"], held, tokens)


def _compared(
    who: str,
    trials: int,
    states: dict[str, str],
    held: list[tuple[str, str]],
    tokens: list[dict[str, str]],
) -> list[str]:
    wrong = [f"{who}: {len(states)} trials, not {trials}"] if len(states) != trials else []
    wrong += [f"{who}: run {n} is {state}" for n, state in states.items() if state != "finished"]
    counts = Counter(held)
    wrong += [
        f"{who}: run {n} has {token} {count} times"
        for (n, token), count in counts.items()
        if count > 1
    ]
    lost = [entry for entry in tokens if (entry["run"], entry["token"]) not in counts]
    wrong += [f"{who}: run {entry['run']} lost {entry['token']}" for entry in lost]
    return wrong


def _of_files(server: Server) -> list[str]:
    with _database(server) as db:
        files = db.execute("SELECT name, md5, stored_as FROM files").fetchall()
    wrong = []
    for name, md5, stored in files:
        place = server.data_dir / "files" / stored[:2] / stored
        if not place.exists() or hashlib.md5(place.read_bytes()).hexdigest() != md5:
            wrong.append(f"file {name} is not what was stored")
    return wrong


@contextmanager
def _database(server: Server) -> Iterator[Any]:
    db = sqlite3.connect(f"file:{server.data_dir / 'backend.sqlite3'}?mode=ro", uri=True)
    try:
        yield db
    finally:
        db.close()
