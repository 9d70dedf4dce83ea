"""Faults at random moments, most of them while a trial runs, and a log of where each one landed."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wandb_flyte.runtime.backend import local_server

from .cluster import ROOT, Cluster, Pod
from .processes import command

KINDS = (
    "pod killed",
    "pod frozen",
    "pod cut off",
    "trial killed",
    "parent killed",
    "parent frozen",
    "backend killed",
    "backend frozen",
)
# So many faults have to land inside a trial.
LEAST = 2
# How often the parent is also killed before there are trials.
_EARLY = 0.25
# A pod that is lost is what the ledger is for: three times as often as any other fault.
_WEIGHTS = [3 if kind == "pod killed" else 1 for kind in KINDS]
_PATIENCE_S = 30.0


@dataclass(frozen=True)
class Fault:
    """A fault that was made.

    Attributes:
        kind: One of `KINDS`.
        victim: The pod, or `backend`.
        at: When it began, in seconds since the epoch.
        until: When it was over.
        trials: The runs that were inside of a trial then, and that it could touch.
    """

    kind: str
    victim: str
    at: float
    until: float
    trials: list[str]


def planned(seed: int, chance: random.Random) -> list[str]:
    """The faults that a seed makes, in order; more may follow until enough have landed."""
    number = chance.randint(3, 5)
    return [KINDS[seed % len(KINDS)], *chance.choices(KINDS, _WEIGHTS, k=number - 1)]


class Faults:
    """Makes faults in a cluster while its sweep runs.

    Args:
        seed: Decides which faults, and when.
        cluster: The pods.
        server: The backend's data folder.
        journal: Where the trials note what they do.
        log: Where the faults are noted.
        trials: The sweep's budget.
        outage_s: Make one fault, a backend that is away for so long, instead of several.
    """

    def __init__(
        self,
        seed: int,
        cluster: Cluster,
        server: Path,
        journal: Path,
        log: Path,
        trials: int,
        outage_s: float = 0.0,
    ) -> None:
        self._random = random.Random(seed)
        self._cluster = cluster
        self._server = server
        self._journal = journal
        self._log = log
        self._plan = planned(seed, self._random)
        self._trials = trials
        self._left = LEAST
        self._outage_s = outage_s
        if outage_s:
            self._plan, self._left = [("backend killed", "backend frozen")[seed % 2]], 1

    def run(self, over: Callable[[], bool]) -> None:
        """Makes the faults, one after another, until the sweep is over."""
        if not self._outage_s and self._random.random() < _EARLY:
            # While the parent makes its sweep, or starts its agents.
            time.sleep(self._random.uniform(0.3, 4.0))
            self._note(self._make("parent killed"))
        while (self._plan or self._left > 0) and not over():
            kind = self._plan.pop(0) if self._plan else self._random.choice(KINDS)
            time.sleep(self._random.uniform(0.0, 0.8))
            if not self._wait_for_a_trial(over):
                return
            fault = self._make(kind)
            self._note(fault)
            self._left -= bool(fault and fault.trials)

    def _note(self, fault: Fault | None) -> None:
        if fault is not None:
            with self._log.open("a") as log:
                log.write(json.dumps(asdict(fault)) + "\n")

    def _wait_for_a_trial(self, over: Callable[[], bool]) -> bool:
        """Waits until a trial runs, and then for a random part of it."""
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline and not over():
            if self._inside(None):
                time.sleep(self._random.uniform(0.0, 0.5))
                if self._inside(None):
                    return True
            time.sleep(0.02)
        return not over()

    def _make(self, kind: str) -> Fault | None:
        victim = kind.partition(" ")[0]
        if victim == "backend":
            return self._at_the_backend(kind)
        pods = self._cluster.pods()
        if victim == "parent":
            pods = [pod for pod in pods if pod.action == ROOT]
        else:
            agents = [pod for pod in pods if pod.action != ROOT]
            pods = [pod for pod in agents if self._inside(pod)] or agents
        if not pods:
            return None
        return self._at_a_pod(kind, self._random.choice(pods))

    def _at_a_pod(self, kind: str, pod: Pod) -> Fault:
        trials = self._inside(None if pod.action == ROOT else pod)
        at = time.time()
        match kind.rpartition(" ")[2]:
            case "killed" if kind.startswith("trial"):
                for pid in pod.workers():
                    os.kill(pid, signal.SIGKILL)
            case "killed":
                pod.kill()
            case "frozen":
                pod.freeze()
                self._pause(self._random.uniform(0.5, 4.0))
                pod.thaw()
            case _:
                pod.proxy.cut(silent=self._random.random() < 0.5)
                self._pause(self._random.uniform(0.5, 6.0))
                pod.proxy.mend()
        return Fault(kind, pod.mark, at, time.time(), trials)

    def _pause(self, seconds: float) -> None:
        """Waits, but not until the other pods leave no trials for the faults that have to land."""
        end = time.monotonic() + seconds
        # The fault that lasts now is itself one of those that are left.
        while time.monotonic() < end and (self._left <= 1 or self._ended() * 2 < self._trials):
            time.sleep(0.02)

    def _at_the_backend(self, kind: str) -> Fault | None:
        server = local_server.find(self._server)
        if server is None:
            return None
        trials, at = self._inside(None), time.time()
        pause_s = self._outage_s or self._random.uniform(0.5, 3.0)
        if kind.endswith("killed"):
            os.kill(server.pid, signal.SIGKILL)
            time.sleep(pause_s)
            local_server.start(self._server)
        else:
            os.kill(server.pid, signal.SIGSTOP)
            time.sleep(pause_s)
            os.kill(server.pid, signal.SIGCONT)
        return Fault(kind, "backend", at, time.time(), trials)

    def _inside(self, pod: Pod | None) -> list[str]:
        """The runs whose objectives are between their start and their end now."""
        running: dict[int, dict[str, Any]] = {}
        for line in self._lines():
            if line["what"] == "start":
                running[line["pid"]] = line
            elif line["what"] == "end":
                running.pop(line["pid"], None)
        return [
            line["run"]
            for pid, line in running.items()
            if "wandb_flyte" in command(pid)
            and (pod is None or line["pod"].endswith(f"-{pod.mark}"))
        ]

    def _ended(self) -> int:
        return sum(line["what"] == "end" for line in self._lines())

    def _lines(self) -> list[dict[str, Any]]:
        if not self._journal.exists():
            return []
        return [json.loads(line) for line in self._journal.read_text().splitlines()]
