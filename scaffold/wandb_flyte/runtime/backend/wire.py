"""The W&B backend's wire protocol, as far as sweeps and agents need it.

The documents are those that wandb itself sends, so that W&B and the local backend both take them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from wandb_flyte._agreed import AGENT_HEADER, SWEEP_ENDED, FlyteKey
from wandb_flyte.runtime.backend import _documents as documents
from wandb_flyte.runtime.backend._http import Http
from wandb_flyte.runtime.backend.records import (
    AgentInfo,
    Command,
    RunInfo,
    SweepInfo,
    SweepRef,
)
from wandb_flyte.runtime.backend.wire_errors import SweepGone, WireError, WrongKey

SweepState = Literal["RUNNING", "PAUSED", "FINISHED", "CANCELED"]
_PAGE = 100
_ROWS = 1000


class WireClient:
    """Speaks to one backend as one user. Safe to use from one thread at a time.

    Args:
        api_url: The backend's address.
        key: The API key; empty for the identity token of the environment.
        timeout_s: How long one request may take.
        patience_s: How long a request is tried again while the backend does not answer.
    """

    def __init__(
        self, api_url: str, key: str, *, timeout_s: float = 30.0, patience_s: float = 60.0
    ) -> None:
        self._http = Http(api_url, key, timeout_s=timeout_s, patience_s=patience_s)

    def close(self) -> None:
        """Closes its connections."""
        self._http.close()

    def viewer(self) -> str:
        """The default entity of the key.

        Raises:
            WrongKey: The backend does not know the key.
        """
        viewer = self._query(documents.VIEWER, {}).get("viewer")
        if not viewer:
            raise WrongKey(*self._http.wrong_key())
        return str(viewer.get("entity") or viewer.get("username") or "")

    def create_sweep(
        self, config: Mapping[str, Any], entity: str, project: str, description: str = ""
    ) -> SweepRef:
        """Creates a sweep.

        Args:
            config: The sweep config, in W&B's format.
            entity: The entity; empty for the key's default one.
            project: The project, made when it does not exist.
            description: The sweep's description.
        """
        reply = self._upsert_sweep(
            config=_to_yaml(config),
            description=description or config.get("description"),
            displayName=config.get("name"),
            entityName=entity or None,
            projectName=project or None,
        )
        owner = reply["sweep"]["project"]
        return SweepRef(owner["entity"]["name"], owner["name"], reply["sweep"]["name"])

    def update_sweep(self, ref: SweepRef, config: Mapping[str, Any]) -> None:
        """Replaces a sweep's config."""
        info = self.sweep(ref)
        self._upsert_sweep(
            id=info.global_id,
            config=_to_yaml(config),
            description=info.description or None,
            entityName=ref.entity,
            projectName=ref.project,
        )

    def set_sweep_state(self, ref: SweepRef, state: SweepState) -> None:
        """Resumes, pauses, ends or cancels a sweep. One that has ended already stays as it is."""
        info = self.sweep(ref)
        if info.state == state or (state != "RUNNING" and info.state in SWEEP_ENDED):
            return
        variables = {
            "id": info.global_id,
            "state": state,
            "entityName": ref.entity,
            "projectName": ref.project,
        }
        self._query(documents.UPSERT_SWEEP_STATE, variables)

    def find_sweep(
        self, entity: str, project: str, run_name: str, action_name: str = ""
    ) -> SweepRef | None:
        """The sweep that a Flyte run made, or one action of it; None when there is none."""
        for node in self._sweeps(entity, project):
            key = FlyteKey.in_text(node.get("description") or "")
            if key and key.run == run_name and action_name in ("", key.action):
                return SweepRef(entity, project, node["name"])
        return None

    def latest_sweep(
        self, entity: str, project: str, *, but_for: Callable[[str], bool] = lambda _: False
    ) -> str:
        """The id of a project's newest sweep, empty when it has none.

        Args:
            entity: The project's entity.
            project: Its name.
            but_for: Says of a description whether its sweep is left out.
        """
        return next(iter(self.sweeps(entity, project, but_for=but_for)), "")

    def sweeps(
        self, entity: str, project: str, *, but_for: Callable[[str], bool] = lambda _: False
    ) -> list[str]:
        """The ids of a project's sweeps, the newest first.

        Args:
            entity: The project's entity.
            project: Its name.
            but_for: Says of a description whether its sweep is left out.
        """
        nodes = [
            (node.get("createdAt") or "", node["name"])
            for node in self._sweeps(entity, project)
            if not but_for(node.get("description") or "")
        ]
        return [name for _, name in sorted(nodes, reverse=True)]

    def sweep(self, ref: SweepRef) -> SweepInfo:
        """Reads a sweep.

        Raises:
            SweepGone: There is no such sweep.
        """
        variables = {"entity": ref.entity, "project": ref.project, "name": ref.sweep_id}
        owner = self._query(documents.GET_SWEEP, variables).get("project") or {}
        node = owner.get("sweep")
        if not node:
            raise SweepGone(
                f"There is no sweep `{ref.path}`.", hint="Its page shows its id and its project."
            )
        return SweepInfo(
            ref=ref,
            global_id=node["id"],
            name=node.get("displayName") or node["name"],
            state=str(node["state"]).upper(),
            config=_from_yaml(node.get("config")),
            description=node.get("description") or "",
            run_count=int(node.get("runCount") or 0),
            expected_runs=node.get("runCountExpected"),
            created_at=node.get("createdAt") or "",
        )

    def sweep_runs(self, ref: SweepRef) -> list[RunInfo]:
        """All runs of a sweep, oldest first, prior runs among them."""
        variables = {
            "entity": ref.entity,
            "project": ref.project,
            "order": "+created_at",
            "filters": json.dumps({"$and": [{"sweep": ref.sweep_id}]}),
        }
        nodes = self._pages(documents.RUNS, variables, "project", "runs")
        return [_run_info(node) for node in nodes]

    def count_failed(self, ref: SweepRef) -> int:
        """How many of a sweep's runs have failed."""
        variables = {
            "entity": ref.entity,
            "project": ref.project,
            "filters": json.dumps({"$and": [{"sweep": ref.sweep_id}, {"state": "failed"}]}),
        }
        owner = self._query(documents.COUNT_RUNS, variables).get("project") or {}
        return int(owner.get("runCount") or 0)

    def run(self, entity: str, project: str, run_id: str) -> RunInfo | None:
        """A run, or None when there is none."""
        variables = {"entity": entity, "project": project, "name": run_id}
        owner = self._query(documents.RUN, variables).get("project") or {}
        return _run_info(owner["run"]) if owner.get("run") else None

    def rewind(self, entity: str, project: str, run_id: str, until: float) -> None:
        """Forgets the rows that a run logged after a moment.

        Args:
            entity: The run's entity.
            project: Its project.
            run_id: Its id.
            until: The moment, in seconds since the epoch by the clock of the run's machine.
        """
        run = self.run(entity, project, run_id)
        step = run.summary.get("_step") if run else None
        if run is None or not isinstance(step, int) or run.summary.get("_timestamp", 0) <= until:
            return
        last = -1
        for before in range(step + 1, 0, -_ROWS):
            after = max(0, before - _ROWS)
            variables = {"minStep": after, "maxStep": before, "pageSize": _ROWS}
            place: dict[str, Any] = {"entity": entity, "project": project, "run": run_id}
            owner = self._query(documents.HISTORY_PAGE, place | variables).get("project") or {}
            rows = [json.loads(row) for row in (owner.get("run") or {}).get("history") or []]
            kept = [row["_step"] for row in rows if row.get("_timestamp", 0) <= until]
            if kept:
                last = max(kept)
                break
        run_there = {"entity": entity, "project": project, "runName": run_id}
        self._query(
            documents.REWIND_RUN, {**run_there, "metricName": "_step", "metricValue": float(last)}
        )

    def agents(self, ref: SweepRef) -> list[AgentInfo]:
        """The agents that registered with a sweep, in the order they did so."""
        variables = {"entity": ref.entity, "project": ref.project, "sweep": ref.sweep_id}
        owner = self._query(documents.GET_SWEEP_AGENTS, variables).get("project") or {}
        edges = ((owner.get("sweep") or {}).get("agents") or {}).get("edges") or []
        found = [
            AgentInfo(
                id=edge["node"]["id"],
                name=edge["node"]["name"],
                host=edge["node"].get("host") or "",
                created_at=edge["node"].get("createdAt") or "",
                heartbeat_at=edge["node"].get("heartbeatAt") or "",
            )
            for edge in edges
        ]
        return sorted(found, key=lambda agent: agent.created_at)

    def agent_runs(self, ref: SweepRef, agent_name: str) -> list[RunInfo]:
        """The runs that a sweep gave to an agent."""
        variables = {
            "entity": ref.entity,
            "project": ref.project,
            "sweep": ref.sweep_id,
            "agentID": agent_name,
        }
        path = ("project", "sweep", "agent", "runs")
        return [_run_info(node) for node in self._pages(documents.GET_AGENT_RUNS, variables, *path)]

    def register_agent(self, ref: SweepRef, host: str) -> str:
        """Registers an agent with a sweep and returns its id."""
        variables = {
            "host": host,
            "entityName": ref.entity,
            "projectName": ref.project,
            "sweep": ref.sweep_id,
        }
        agent: dict[str, Any] = self._query(documents.CREATE_AGENT, variables)["createAgent"]
        return str(agent["agent"]["id"])

    def heartbeat(self, agent_id: str, run_states: Mapping[str, bool]) -> list[Command]:
        """Tells which runs are in hand and asks what to do.

        Args:
            agent_id: The agent's id.
            run_states: True for each run id that is queued or running; a new trial is given out
                only when it is empty.

        Raises:
            SweepGone: The sweep or the agent was deleted.
        """
        variables = {"id": agent_id, "metrics": "{}", "runState": json.dumps(dict(run_states))}
        reply = self._query(documents.HEARTBEAT, variables).get("agentHeartbeat") or {}
        try:
            return [_command(command) for command in json.loads(reply.get("commands") or "[]")]
        except (ValueError, TypeError, AttributeError) as error:
            raise WireError(f"The backend sent commands that are none: {error}.") from error

    def close_run(self, entity: str, project: str, run_id: str, exit_code: int) -> None:
        """Ends a run whose process can't do so any more."""
        self.stream(entity, project, run_id, {"complete": True, "exitcode": exit_code})

    def stream(
        self, entity: str, project: str, run_id: str, body: Mapping[str, Any], agent_id: str = ""
    ) -> None:
        """Posts to a run's file stream, on behalf of an agent if one is given."""
        headers = {AGENT_HEADER: agent_id} if agent_id else {}
        self._http.post(f"/files/{entity}/{project}/{run_id}/file_stream", body, headers)

    def _sweeps(self, entity: str, project: str) -> Iterator[dict[str, Any]]:
        variables = {"entity": entity, "project": project}
        return self._pages(documents.GET_SWEEPS, variables, "project", "sweeps")

    def _pages(
        self, document: str, variables: Mapping[str, Any], *path: str
    ) -> Iterator[dict[str, Any]]:
        """The nodes of a list that comes in pages; none where its owner does not exist."""
        cursor = None
        while True:
            page = {"cursor": cursor, "perPage": _PAGE, "after": cursor, "first": _PAGE}
            asked = {name: value for name, value in page.items() if f"${name}:" in document}
            found: Any = self._query(document, {**variables, **asked})
            for name in path:
                found = (found or {}).get(name)
            if not found:
                return
            for edge in found["edges"]:
                yield edge["node"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            cursor = found["pageInfo"]["endCursor"]

    def _upsert_sweep(self, **variables: Any) -> dict[str, Any]:
        reply: dict[str, Any] = self._query(documents.UPSERT_SWEEP, variables)["upsertSweep"]
        return reply

    def _query(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        return self._http.graphql(document, variables)


def _command(raw: Mapping[str, Any]) -> Command:
    args = raw.get("args") or {}
    return Command(
        type=str(raw.get("type", "")),
        run_id=str(raw.get("run_id") or ""),
        config={key: entry.get("value") for key, entry in args.items()},
    )


def _run_info(node: Mapping[str, Any]) -> RunInfo:
    config = json.loads(node.get("config") or "{}")
    return RunInfo(
        id=node["name"],
        name=node.get("displayName") or node["name"],
        state=str(node.get("state") or ""),
        config={
            key: entry.get("value") if isinstance(entry, dict) else entry
            for key, entry in config.items()
            if key not in ("_wandb", "wandb_version")
        },
        summary=json.loads(node.get("summaryMetrics") or "{}"),
        created_at=node.get("createdAt") or "",
        heartbeat_at=node.get("heartbeatAt") or "",
    )


def _to_yaml(config: Mapping[str, Any]) -> str:
    """The sweep config as text: JSON, which is YAML, but for floats that YAML 1.1 reads as text."""
    import yaml

    return yaml.safe_dump(json.loads(json.dumps(dict(config))), sort_keys=False)


def _from_yaml(text: str | None) -> dict[str, Any]:
    import yaml

    config = yaml.safe_load(text or "")
    return config if isinstance(config, dict) else {}
