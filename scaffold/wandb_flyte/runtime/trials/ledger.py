"""The ledger of a sweep: which trials its agents were given, and which of them are lost.

It is kept by the backend: each attempt of an agent registers anew, and says who it is in its host's
name. Flyte's run and action name are the same for each attempt, so that a retried agent finds what
was given to it before. A trial that is taken up again is a registration of its own, and those are
never forgotten: their number is the number of its restarts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wandb_flyte._agreed import FlyteKey
from wandb_flyte.runtime.backend.records import AgentInfo, RunInfo, SweepRef, moment, reason_entry
from wandb_flyte.runtime.backend.wire import WireClient

_GIVEN_UP = "lost with its agent"
# An agent that is heard of every few seconds and was not for so long is gone.
_GONE_AFTER = timedelta(minutes=5)
_HOST = re.compile(r"^(?P<host>\S*) \((?P<key>\S+?)(?:, takes up (?P<run>\S+))?\)$")


@dataclass(frozen=True)
class Lost:
    """A trial that was lost with its agent.

    Attributes:
        run: Its run.
        restarts: How often it was taken up again already.
    """

    run: RunInfo
    restarts: int


class Ledger:
    """What the backend knows of a sweep's agents. Its methods block.

    Args:
        client: Speaks to the backend.
        ref: The sweep.
        key: The Flyte action, `flyte:RUN/ACTION`; empty outside of Flyte.
    """

    def __init__(self, client: WireClient, ref: SweepRef, key: str) -> None:
        self._client = client
        self._ref = ref
        self._key = key

    def register(self, host: str) -> str:
        """Registers an attempt of this agent; gives its id."""
        return self._client.register_agent(self._ref, self._host(host))

    def take_up(self, host: str, run_id: str) -> str:
        """Registers that this agent takes up a lost trial; gives the id to send heartbeats with."""
        return self._client.register_agent(self._ref, self._host(host, f", takes up {run_id}"))

    def own(self) -> tuple[list[RunInfo], list[Lost]]:
        """The trials that this agent's earlier attempts brought to their end, and those they lost.

        To be asked before this attempt registers.
        """
        if not self._key:
            return [], []
        agents = self._client.agents(self._ref)
        runs = self._runs_of(agent for agent in agents if _key(agent) == self._key)
        return [run for run in runs if run.ended], _lost(runs, agents)

    def is_replaced(self, agent_id: str) -> bool:
        """Whether another attempt of this agent has registered since: Flyte gave this one up."""
        agents = self._client.agents(self._ref)
        attempts = [
            agent.id
            for agent in agents
            if self._key and _key(agent) == self._key and not _taken(agent)
        ]
        return agent_id in attempts and attempts[-1] != agent_id

    def holds(self, agent_id: str, run_id: str) -> bool:
        """Whether a trial is still with the registration that it was handed to."""
        takers = [a.id for a in self._client.agents(self._ref) if _taken(a) == run_id]
        if takers and takers[-1] != agent_id:
            return False
        run = self._client.run(self._ref.entity, self._ref.project, run_id)
        return run is None or not run.error.startswith(_GIVEN_UP)

    def left(self) -> list[Lost]:
        """The trials that agents lost that are gone for good.

        Those are all agents of this Flyte run, whose parent waited for their end, and those of
        others that have not been heard of for a while.
        """
        agents = self._client.agents(self._ref)
        now = datetime.now(UTC)
        flyte_run = _run_of(self._key)
        gone = [
            agent
            for agent in agents
            if (flyte_run and _run_of(_key(agent)) == flyte_run)
            or now - moment(agent.heartbeat_at or agent.created_at) > _GONE_AFTER
        ]
        return _lost(self._runs_of(gone), agents)

    def give_up(self, lost: Lost, agent_id: str = "") -> str:
        """Closes a lost trial's run as failed, on behalf of an agent; gives the reason."""
        times = "once" if lost.restarts == 0 else f"{lost.restarts + 1} times"
        reason = f"{_GIVEN_UP} {times}"
        summary = lost.run.summary | reason_entry(reason, "")
        files = {"wandb-summary.json": {"offset": 0, "content": [json.dumps(summary)]}}
        body = {"complete": True, "exitcode": 1, "files": files}
        address = (self._ref.entity, self._ref.project, lost.run.id)
        self._client.stream(*address, body, agent_id)
        return reason

    def owners(self) -> dict[str, str]:
        """The agent that each run was with last, by the run's id."""
        found: dict[str, str] = {}
        for agent in self._client.agents(self._ref):
            for run in self._client.agent_runs(self._ref, agent.name):
                found[run.id] = agent.id
        return found

    def _host(self, host: str, more: str = "") -> str:
        return f"{host} ({self._key}{more})" if self._key else host

    def _runs_of(self, agents: Iterable[AgentInfo]) -> list[RunInfo]:
        runs: dict[str, RunInfo] = {}
        for agent in agents:
            for run in self._client.agent_runs(self._ref, agent.name):
                runs[run.id] = run
            taken = _taken(agent)
            # Not every backend counts such a run among those of the agent.
            if taken and taken not in runs:
                run_info = self._client.run(self._ref.entity, self._ref.project, taken)
                if run_info is not None:
                    runs[taken] = run_info
        return list(runs.values())


def _lost(runs: Sequence[RunInfo], agents: Sequence[AgentInfo]) -> list[Lost]:
    taken = [_taken(agent) for agent in agents]
    return [Lost(run, taken.count(run.id)) for run in runs if not run.ended]


def _key(agent: AgentInfo) -> str:
    match = _HOST.match(agent.host)
    return match["key"] if match else ""


def _run_of(key: str) -> str:
    """The Flyte run of an action's key, empty outside of Flyte."""
    found = FlyteKey.in_text(key)
    return found.run if found else ""


def _taken(agent: AgentInfo) -> str:
    match = _HOST.match(agent.host)
    return (match["run"] or "") if match else ""
