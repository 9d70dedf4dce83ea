"""Sweeps and their agents."""

from __future__ import annotations

# ruff: noqa: D103 - each function resolves the field that stands above it
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ariadne import MutationType, ObjectType

from wandb_flyte.backend import jsontext, sweeping, trials
from wandb_flyte.backend.errors import BackendError, NotFound
from wandb_flyte.backend.graphql.context import context, resolves, stamp
from wandb_flyte.backend.graphql.session import run_page, user_of
from wandb_flyte.backend.ids import parse_gid
from wandb_flyte.backend.searches import config_mapping, sweep_config
from wandb_flyte.backend.store import Agent, Project, Run, Sweep, agents, projects, runs, sweeps
from wandb_flyte.spec import grid_size

if TYPE_CHECKING:
    from wandb_flyte.backend.graphql.context import Context, Info


mutation = MutationType()
sweep_type = ObjectType("Sweep")
agent_type = ObjectType("Agent")
TYPES = (mutation, sweep_type, agent_type)

agent_type.set_field("createdAt", stamp("created_at"))
agent_type.set_field("heartbeatAt", stamp("heartbeat_at"))

sweep_type.set_field("createdAt", stamp("created_at"))
sweep_type.set_field("updatedAt", stamp("updated_at"))
sweep_type.set_field("heartbeatAt", stamp("heartbeat_at"))

sweep_type.set_alias("id", "gid")
agent_type.set_alias("id", "gid")


@resolves(mutation, "upsertSweep")
def upsert_sweep(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    sweep, warnings = sweeping.upsert(request.db, given)
    request.searches.prepare(sweep.config)
    return {"sweep": sweep, "config_validation_warnings": warnings}


@resolves(mutation, "createAgent")
def create_agent(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    db = request.db
    sweep = sweeps.resolve(db, given["sweep"], given.get("entity_name"), given.get("project_name"))
    if sweep is None:
        raise NotFound(f"sweep `{given['sweep']}` does not exist")
    return {"agent": trials.register(db, sweep, given["host"])}


@resolves(mutation, "agentHeartbeat")
def agent_heartbeat(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    parts = parse_gid(given["id"], "Agent")
    name = parts[0] if parts else given["id"]
    run_states = jsontext.mapping(given.get("run_state"))
    agent, commands = trials.heartbeat(request.db, name, run_states, request.searches)
    return {"agent": agent, "commands": jsontext.dumps(jsontext.strict(commands))}


@resolves(mutation, "enqueueSweepRun")
def enqueue_sweep_run(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    sweep = sweeps.resolve(request.db, given["id"], given.get("entity_name"), None)
    if sweep is None:
        raise NotFound(f"sweep `{given['id']}` does not exist")
    config = jsontext.mapping(given["config"])
    if not config or not all(isinstance(v, dict) and "value" in v for v in config.values()):
        raise BackendError("`config` is not of the form {name: {value: …}}")
    args = {name: part["value"] for name, part in config.items()}
    run = trials.enqueue(request.db, sweep, args, given.get("display_name"))
    # The scheduler knows its runs by name.
    return {"id": run.name}


@sweep_type.field("method")
def method(sweep: Sweep, _: Info) -> str:
    return str(config_mapping(sweep.config).get("method") or "")


@sweep_type.field("earlyStopJobRunning")
def early_stop_job_running(*_: Any) -> bool:
    return False


@sweep_type.field("controllerRunName")
def controller_run_name(sweep: Sweep, _: Info) -> str:
    return f"{sweep.name}-controller"


@sweep_type.field("bestLoss")
def best_loss(sweep: Sweep, info: Info) -> float | None:
    return sweeping.best_loss(context(info).db, sweep)


@sweep_type.field("runCount")
def run_count(sweep: Sweep, info: Info) -> int:
    return sweeps.run_count(context(info).db, sweep)


@sweep_type.field("runCountExpected")
def run_count_expected(sweep: Sweep, _: Info) -> int | None:
    try:
        return grid_size(sweep_config(sweep.config))
    except BackendError:
        return None


@sweep_type.field("project")
def sweep_project(sweep: Sweep, info: Info) -> Project | None:
    return projects.find(context(info).db, sweep.entity, sweep.project)


@sweep_type.field("user")
def sweep_user(sweep: Sweep, _: Info) -> dict[str, Any]:
    return user_of(sweep.entity)


@sweep_type.field("runs")
def sweep_runs(
    sweep: Sweep,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    order: str | None = None,
    **_: Any,
) -> dict[str, Any]:
    return run_page(_runs(info, sweep), first, after, order)


@sweep_type.field("priorRuns")
def prior_runs(
    sweep: Sweep, info: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    return run_page([run for run in _runs(info, sweep) if run.prior], first, after, None)


@sweep_type.field("agents")
def sweep_agents(sweep: Sweep, info: Info) -> dict[str, Any]:
    return {"edges": [{"node": agent} for agent in agents.of_sweep(context(info).db, sweep)]}


@sweep_type.field("agent")
def sweep_agent(sweep: Sweep, info: Info, agent_name: str) -> Agent | None:
    parts = parse_gid(agent_name, "Agent")
    agent = agents.find(context(info).db, parts[0] if parts else agent_name)
    return agent if agent and agent.sweep_pk == sweep.pk else None


@agent_type.field("totalRuns")
def total_runs(agent: Agent, info: Info) -> int:
    return agents.total_runs(context(info).db, agent)


@agent_type.field("runs")
def agent_runs(
    agent: Agent,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    order: str | None = None,
    **_: Any,
) -> dict[str, Any]:
    found = runs.select(context(info).db, "agent_id = ?", agent.pk)
    return run_page(found, first, after, order)


def _runs(info: Info, sweep: Sweep) -> list[Run]:
    return runs.select(context(info).db, "runs.sweep_id = ?", sweep.pk)
