"""Twenty agents that log a hundred rows a second each, replayed from what wandb itself posts.

`python tests/soak/load.py 120` takes so many seconds and a minute more. It exits with 1 when a row
is lost or double, when the p99 of a heartbeat is more than 5 times that of the same agents when
they log nothing (before or after, whichever is less), or when the server's memory grows by 20 MB
or more over the last three quarters. As in trials, the rows come from another process than the
heartbeats.
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.backend.conftest import Server, Wire, WireSweep
from tests.durability.recorded import post_of, record

AGENTS = 20
_IDLE_S = 20.0
_MOST_TIMES = 5.0
_MOST_GROWTH_MB = 20.0
_SWEEP = {"method": "random", "run_cap": AGENTS, "parameters": {"x": {"min": 0.0, "max": 1.0}}}


@dataclass
class Agent:
    """An agent with a trial, and how long its heartbeats took."""

    sweep: WireSweep
    rows: list[dict[str, Any]]
    number: int
    name: str = ""
    run: str = ""
    waits_ms: list[float] = field(default_factory=list)

    def take_trial(self) -> None:
        """Get a trial and open its run."""
        self.name = self.sweep.agent()
        self.run = self.sweep.next_run(self.name)["run_id"]
        self.sweep.wire.open_run("load", self.run, sweep=self.sweep.name)

    def beat(self, until: float) -> None:
        """A heartbeat a second."""
        wire = Wire(SERVER)
        own = WireSweep(wire, self.sweep.project, self.sweep.gid, self.sweep.name, [])
        time.sleep(self.number / AGENTS)
        while time.monotonic() < until:
            started = time.monotonic()
            own.beat(self.name, self.run)
            self.waits_ms.append((time.monotonic() - started) * 1000)
            time.sleep(max(0.0, started + 1 - time.monotonic()))


def log(
    server: Server, run: str, rows: list[dict[str, Any]], number: int, until: float
) -> tuple[str, int]:
    """A post of a hundred rows a second, half a second off the agent's heartbeats; their number."""
    wire, posts = Wire(server), 0
    time.sleep((number / AGENTS + 0.5) % 1)
    while time.monotonic() < until:
        started = time.monotonic()
        wire.stream("load", run, post_of(rows, posts))
        posts += 1
        time.sleep(max(0.0, started + 1 - time.monotonic()))
    return run, posts


def log_all(
    state: dict[str, Any], runs: list[str], rows: list[dict[str, Any]], until: float
) -> dict[str, int]:
    """Log to every run, in a process of its own; gives how many posts each run answered."""
    server = Server(Path(), state=state)
    with ThreadPoolExecutor(AGENTS) as threads:
        work = [threads.submit(log, server, run, rows, n, until) for n, run in enumerate(runs)]
        return dict(one.result() for one in work)


SERVER = Server(Path())


def p99(values: list[float]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(values, n=100)[98]


def watch(pid: int, until: float, seen: list[float]) -> None:
    """The server's resident memory in MB, each second."""
    while time.monotonic() < until:
        shown = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True
        )
        seen.append(int(shown.stdout) / 1024)
        time.sleep(1)


def phase(
    agents: list[Agent], seconds: float, *, logging: bool
) -> tuple[list[float], list[float], dict[str, int]]:
    """Let the agents beat, and log or not.

    Returns:
        How long the heartbeats took in ms, the memory, and how many posts each run answered.
    """
    assert SERVER.process is not None
    memory: list[float] = []
    for agent in agents:
        agent.waits_ms.clear()
    with (
        ProcessPoolExecutor(1, get_context("spawn")) as elsewhere,
        ThreadPoolExecutor(AGENTS + 1) as threads,
    ):
        elsewhere.submit(time.monotonic).result()
        until = time.monotonic() + seconds
        runs = [agent.run for agent in agents] if logging else []
        posts = elsewhere.submit(log_all, SERVER.state, runs, agents[0].rows, until)
        work = [threads.submit(watch, SERVER.process.pid, until, memory)]
        work += [threads.submit(agent.beat, until) for agent in agents]
        for one in work:
            one.result()
        return [wait for agent in agents for wait in agent.waits_ms], memory, posts.result()


def lost_and_double(folder: Path, posts: dict[str, int], per_post: int) -> tuple[int, int]:
    """How many acknowledged rows SQLite does not have, and how many it has more than once."""
    with sqlite3.connect(f"file:{folder / 'backend.sqlite3'}?mode=ro", uri=True) as db:
        query = (
            "SELECT runs.name, count(*), count(DISTINCT step) FROM lines"
            " JOIN runs ON runs.id = run_id WHERE stream = 'history' GROUP BY run_id"
        )
        kept = {run: (rows, steps) for run, rows, steps in db.execute(query)}
    lost = sum(max(0, count * per_post - kept.get(run, (0, 0))[1]) for run, count in posts.items())
    return lost, sum(rows - steps for rows, steps in kept.values())


def main() -> int:
    """Runs, measures, prints."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 120.0
    with TemporaryDirectory(prefix="wandb-flyte-load-") as scratch:
        folder = Path(scratch)
        SERVER.data_dir = folder / "data"
        SERVER.start()
        try:
            rows = record(SERVER, folder)
            made = Wire(SERVER).sweep("load", _SWEEP)
            own = (made.project, made.gid, made.name)
            agents = [Agent(WireSweep(Wire(SERVER), *own, []), rows, n) for n in range(AGENTS)]
            for agent in agents:
                agent.take_trial()
            before, *_ = phase(agents, _IDLE_S, logging=False)
            loaded, memory, posts = phase(agents, seconds, logging=True)
            after, *_ = phase(agents, _IDLE_S, logging=False)
            lost, double = lost_and_double(SERVER.data_dir, posts, len(rows))
        finally:
            SERVER.stop()
    sent = sum(posts.values()) * len(rows)
    loaded_ms, idle_ms = p99(loaded), min(p99(before), p99(after))
    tail = memory[len(memory) // 4 :]
    growth = tail[-1] - tail[0]
    print(f"memory: {memory[0]:.0f} MB, {tail[0]:.0f} MB after a quarter, {tail[-1]:.0f} MB")
    print(
        f"{sent} rows, {lost} lost, {double} double, {sent / seconds:.0f} a second;"
        f" a heartbeat's p99 {loaded_ms:.1f} ms, idle {idle_ms:.1f} ms"
        f" ({loaded_ms / idle_ms:.1f} times); {growth:+.1f} MB"
    )
    over = loaded_ms > _MOST_TIMES * idle_ms or growth >= _MOST_GROWTH_MB
    return int(lost != 0 or double != 0 or over)


if __name__ == "__main__":
    sys.exit(main())
