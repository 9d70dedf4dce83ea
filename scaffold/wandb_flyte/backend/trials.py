"""Which trial an agent gets next, and when a sweep is over.

Everything here runs in the writer's thread, one request after the other, so that two agents that
ask at once never get the same point of a grid and never exceed the sweep's `run_cap`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from wandb_flyte._agreed import SWEEP_ENDED
from wandb_flyte.backend import jsontext, state
from wandb_flyte.backend.errors import BackendError, NotFound
from wandb_flyte.backend.ids import parse_gid, short_id
from wandb_flyte.backend.metrics import best_value
from wandb_flyte.backend.searches import Searches, config_mapping, is_scheduled, sweep_config
from wandb_flyte.backend.store import Agent, Run, Sweep, agents, projects, runs, sweeps
from wandb_flyte.spec import grid_size

Command = dict[str, Any]

# A run that an agent was given and never mentioned is given once more: its answer may have been
# lost on the way. The second time it counts as failed, because its process died at once.
_MOST_DELIVERIES = 2


def recover(db: sqlite3.Connection) -> None:
    """Forget that trials were handed out by a server whose answers may have died with it.

    Else a trial would count as dead whose agent was twice cut off, and never heard of it.
    """
    runs.forget_deliveries(db)


def register(db: sqlite3.Connection, sweep: Sweep, host: str) -> Agent:
    """A new agent of the sweep, which starts running with its first one.

    Raises:
        BackendError: The sweep's config can't be searched here.
    """
    sweep_config(sweep.config)
    if sweep.state == "PENDING":
        sweeps.update(db, sweep, {"state": "RUNNING"})
    return agents.insert(db, sweep, host)


def heartbeat(
    db: sqlite3.Connection, name: str, run_states: Mapping[str, Any], searches: Searches
) -> tuple[Agent, list[Command]]:
    """Take note of the agent's active runs; gives what the agent has to do.

    Args:
        db: The writer's connection.
        name: The agent's name.
        run_states: The ids of the runs that it has queued or running, as `true`.
        searches: Proposes new trials.

    Raises:
        NotFound: The agent or its sweep is gone.
    """
    agent = agents.find(db, name)
    sweep = sweeps.get(db, agent.sweep_pk) if agent else None
    if agent is None or sweep is None:
        raise NotFound(f"agent `{name}` or its sweep does not exist")
    listed = _listed(db, sweep, run_states)
    agents.seen(db, agent, listed)
    again = _reap_vanished(db, agent, listed)
    sweep = sweeps.get(db, sweep.pk) or sweep
    if listed:
        stops = [run for run in listed if run.stop_requested or _is_taken(run, agent)]
        return agent, [{"type": "stop", "run_id": run.name} for run in stops]
    commands = _next(db, agent, sweep, again, searches)
    if commands == [{"type": "exit"}]:
        agents.set_state(db, agent, "FINISHED")
    return agent, commands


def check_agent(db: sqlite3.Connection, run: Run, gid: str) -> Run:
    """Refuse what an agent sends of a trial that another agent has taken up since.

    Agents are numbered as they register, and a trial that was lost with its agent is taken up by
    one that registers for it. So a trial belongs to the newest agent that had it, and whatever
    wakes up with an older one can't write into its run any more.

    Args:
        db: The writer's connection.
        run: The run.
        gid: The agent that the sender works for, as it says itself; empty for nobody's.

    Raises:
        BackendError: The run is another agent's by now.
    """
    parts = parse_gid(gid, "Agent") if gid and run.sweep_pk is not None else None
    agent = agents.find(db, parts[0]) if parts else None
    if agent is None or agent.sweep_pk != run.sweep_pk or run.agent_pk == agent.pk:
        return run
    if _is_taken(run, agent):
        raise BackendError(f"trial `{run.name}` was taken up by another agent", status=410)
    runs.update(db, run, {"agent_id": agent.pk})
    return runs.get(db, run.pk)


def settle(db: sqlite3.Connection, run: Run) -> None:
    """Finish the run's sweep if nothing is left to do in it."""
    sweep = sweeps.get(db, run.sweep_pk) if run.sweep_pk is not None else None
    if sweep is None or sweep.state != "RUNNING":
        return
    try:
        config = sweep_config(sweep.config)
    except BackendError:
        return
    reached = False
    if config.metric and config.metric.target is not None:
        value = best_value(config.metric, run.history_keys, run.summary_values)
        reached = value is not None and not config.metric.better(config.metric.target, value)
    waiting = (*state.ACTIVE, "preempted")
    done = _spent(db, sweep) and not sweeps.run_count(db, sweep, waiting)
    if reached or done:
        sweeps.update(db, sweep, {"state": "FINISHED"})


def enqueue(
    db: sqlite3.Connection, sweep: Sweep, args: Mapping[str, Any], display_name: str | None
) -> Run:
    """A trial with these hyperparameters, for the next agent that asks.

    Raises:
        BackendError: The sweep is over.
    """
    if sweep.state in SWEEP_ENDED or _spent(db, sweep):
        raise BackendError(f"sweep `{sweep.name}` takes no more trials")
    run = _new_trial(db, sweep, args)
    if display_name:
        runs.update(db, run, {"display_name": display_name})
    return run


def change_state(db: sqlite3.Connection, sweep: Sweep, wanted: str) -> None:
    """Pause, resume, finish or cancel the sweep.

    Raises:
        BackendError: There is no such state.
    """
    wanted = wanted.upper()
    if wanted not in state.SWEEP_STATES:
        raise BackendError(
            f"sweep state `{wanted}` is not known; it is one of {', '.join(state.SWEEP_STATES)}"
        )
    sweeps.update(db, sweep, {"state": wanted})
    if wanted != "CANCELED":
        return
    marks = ", ".join("?" * len(state.ACTIVE))
    active = runs.select(
        db, f"runs.sweep_id = ? AND NOT prior AND runs.state IN ({marks})", sweep.pk, *state.ACTIVE
    )
    for run in active:
        runs.update(db, run, {"stop_requested": 1})
        if run.state == "pending" and not run.listed:
            runs.end(db, runs.get(db, run.pk), None)


def reconfigure(db: sqlite3.Connection, sweep: Sweep, config_text: str) -> None:
    """Replace the sweep's config; a finished sweep with room for more trials goes on."""
    columns: dict[str, Any] = {"config": config_text, "exhausted": 0}
    if sweep.state == "FINISHED":
        config = sweep_config(config_text)
        if config.end is None or config.end > sweeps.run_count(db, sweep):
            columns["state"] = "RUNNING"
    sweeps.update(db, sweep, columns)


def _listed(db: sqlite3.Connection, sweep: Sweep, run_states: Mapping[str, Any]) -> list[Run]:
    project = projects.find(db, sweep.entity, sweep.project)
    if project is None:
        return []
    found = [runs.find(db, project, name) for name, active in run_states.items() if active]
    return [run for run in found if run is not None and run.sweep_pk == sweep.pk]


def _is_taken(run: Run, agent: Agent) -> bool:
    return run.agent_pk is not None and run.agent_pk > agent.pk


def _reap_vanished(db: sqlite3.Connection, agent: Agent, listed: Sequence[Run]) -> list[Run]:
    """End the agent's runs that are gone without a word; gives those it may not know of yet."""
    marks = ", ".join("?" * len(state.ACTIVE))
    mine = runs.select(db, f"agent_id = ? AND runs.state IN ({marks})", agent.pk, *state.ACTIVE)
    kept = {run.pk for run in listed}
    again = []
    for run in mine:
        if run.pk in kept:
            continue
        unheard = run.state == "pending" and not run.listed
        if unheard and run.deliveries < _MOST_DELIVERIES and not run.stop_requested:
            again.append(run)
            continue
        runs.end(db, run, None)
        settle(db, runs.get(db, run.pk))
    return again


def _next(
    db: sqlite3.Connection, agent: Agent, sweep: Sweep, again: list[Run], searches: Searches
) -> list[Command]:
    if sweep.state in SWEEP_ENDED:
        return [{"type": "exit"}]
    if sweep.state != "RUNNING":
        return []
    if again:
        return [_hand_out(db, agent, sweep, again[0])]
    waiting = runs.select(
        db,
        "runs.sweep_id = ? AND runs.state IN ('preempted', 'pending')"
        " AND (runs.state = 'preempted' OR agent_id IS NULL)",
        sweep.pk,
    )
    if waiting:
        return [_hand_out(db, agent, sweep, waiting[0])]
    if not _spent(db, sweep):
        if is_scheduled(config_mapping(sweep.config)):
            return []
        args = searches.suggest(db, sweep)
        if args is not None:
            trial = _new_trial(db, sweep, args)
            if _was_last_point(db, sweep, searches):
                sweeps.update(db, sweep, {"exhausted": 1})
            return [_hand_out(db, agent, sweep, trial)]
        sweeps.update(db, sweep, {"exhausted": 1})
    if sweeps.run_count(db, sweep, state.ACTIVE) == 0:
        sweeps.update(db, sweep, {"state": "FINISHED"})
    return [{"type": "exit"}]


def _spent(db: sqlite3.Connection, sweep: Sweep) -> bool:
    """Whether the sweep hands out no further trial."""
    if sweep.exhausted:
        return True
    cap = sweep_config(sweep.config).run_cap
    return cap is not None and sweeps.run_count(db, sweep) >= cap


def _was_last_point(db: sqlite3.Connection, sweep: Sweep, searches: Searches) -> bool:
    """Whether a grid has no point left; runs may hold points outside of it, or one point twice."""
    size = grid_size(sweep_config(sweep.config))
    if sweep_config(sweep.config).method != "grid" or size is None:
        return False
    return sweeps.run_count(db, sweep) >= size and searches.suggest(db, sweep) is None


def _new_trial(db: sqlite3.Connection, sweep: Sweep, args: Mapping[str, Any]) -> Run:
    project = projects.ensure(db, sweep.entity, sweep.project)
    config = jsontext.dumps({name: {"value": value} for name, value in args.items()})
    return runs.insert(db, project, short_id(), "pending", sweep_id=sweep.pk, config=config)


def _hand_out(db: sqlite3.Connection, agent: Agent, sweep: Sweep, run: Run) -> Command:
    kind = "resume" if run.state == "preempted" else "run"
    columns: dict[str, Any] = {"agent_id": agent.pk, "deliveries": run.deliveries + 1}
    runs.update(db, run, {**columns, "state": "pending", "listed": 0, "preempting": 0})
    config = sweep_config(sweep.config)
    args = {name: {"value": value} for name, value in run.values.items()}
    return {"type": kind, "run_id": run.name, "program": config.program, "args": args}
