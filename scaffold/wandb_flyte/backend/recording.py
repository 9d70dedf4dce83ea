"""What happens to a run: opened, written to, stopped, ended."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wandb_flyte.backend import jsontext, state, trials
from wandb_flyte.backend.errors import BackendError, NotFound
from wandb_flyte.backend.ids import check_label, parse_gid, short_id
from wandb_flyte.backend.searches import Searches
from wandb_flyte.backend.store import Project, Run, projects, runs, streams, sweeps
from wandb_flyte.backend.store.streams import Chunk


@dataclass(frozen=True)
class StreamPost:
    """One post to a run's file stream.

    Attributes:
        chunks: New lines.
        summary: The whole summary as JSON text, when it changed.
        complete: The run has ended, with `exit_code`.
        preempting: The run's machine is being taken away.
        writer: In shared mode, which of the run's processes sends.
        agent: The sweep agent that the sender works for, if it says so.
    """

    chunks: Sequence[Chunk] = ()
    summary: str | None = None
    complete: bool = False
    exit_code: int | None = None
    preempting: bool = False
    writer: str = ""
    agent: str = ""


def find_by_gid(db: sqlite3.Connection, gid: str) -> Run:
    """The run of that opaque id.

    Raises:
        NotFound: There is none.
    """
    run = find_or_deleted(db, gid)
    if run is None:
        raise NotFound("the run was deleted")
    return run


def find_or_deleted(db: sqlite3.Connection, gid: str) -> Run | None:
    """The run of that opaque id; None when it was deleted.

    Raises:
        NotFound: There never was one.
    """
    parts = parse_gid(gid, "Run")
    if parts and len(parts) == 3:
        name, project_name, entity = parts
        project = projects.find(db, entity, project_name)
        if project and (run := runs.find(db, project, name)):
            return run
        if project and runs.was_deleted(db, project, name):
            return None
    raise NotFound(f"run `{parts[0] if parts else gid}` does not exist")


def upsert(
    db: sqlite3.Connection, given: Mapping[str, Any], writer: str, agent: str = ""
) -> tuple[Run, bool]:
    """Open a run, or change one; null means not given. Sending it twice changes nothing more.

    Args:
        db: The writer's connection.
        given: `UpsertBucketInput`, its names in snake case.
        writer: In shared mode, which of the run's processes asks.
        agent: The sweep agent that the sender works for, if it says so.

    Returns:
        The run as it is now, and whether it is new.
    """
    given = {name: value for name, value in given.items() if value is not None}
    if gid := given.get("id"):
        found: Run | None = find_by_gid(db, gid)
        project = None
    else:
        project = projects.ensure(db, given.get("entity_name"), given.get("model_name"))
        found = runs.find(db, project, given["name"]) if given.get("name") else None
    # The first request of a process that runs wandb.init says where it runs.
    opens = "host" in given and "job_program" in given
    columns = _columns(db, given, found)
    if found is None:
        if project is None:
            raise NotFound("the run does not exist")
        return _insert(db, project, given, columns), True
    found = trials.check_agent(db, found, agent)
    if opens:
        columns |= _reopened(found)
        if not gid and not writer and (found.history_lines or found.log_lines):
            # The id is used anew without resuming. Its first row tells whether the run starts over
            # or, as `wandb sync` of the parts of a resumed run does, goes on.
            runs.clear(db, found)
            columns["reused"] = 1
    shared = bool(writer) or (found.deliveries > 0 and found.state == "pending")
    if "config" in given:
        columns["config"] = _config(found, given["config"], merge=shared)
    runs.update(db, found, columns)
    return runs.get(db, found.pk), False


def apply(
    db: sqlite3.Connection, project: Project, name: str, post: StreamPost, searches: Searches
) -> Run:
    """Store a post to the run's file stream.

    Raises:
        NotFound: The run was deleted.
    """
    run = runs.find(db, project, name)
    if run is None:
        if runs.was_deleted(db, project, name):
            raise NotFound(f"run `{name}` was deleted")
        run = runs.insert(db, project, name, "running")
    run = trials.check_agent(db, run, post.agent)
    changes: dict[str, Any] = {"heartbeat_at": time.time()}
    for chunk in post.chunks:
        if chunk.stream == streams.HISTORY and not post.writer:
            placed, chunk = _placed(db, run, chunk)
            if placed.history_lines < run.history_lines:
                searches.forget_courses(run)
            run = placed
        changes |= streams.store(db, run, chunk, post.writer)
    if post.summary is not None:
        changes["summary"] = _summary(run, post)
    if post.preempting:
        changes |= {"preempting": 1, "state": "preempting"}
    elif run.state in ("pending", "crashed"):
        changes["state"] = "running"
    runs.update(db, run, changes)
    run = runs.get(db, run.pk)
    if post.complete:
        end(db, run, post.exit_code)
    elif post.summary is not None:
        trials.settle(db, run)
    sweep = sweeps.get(db, run.sweep_pk) if run.sweep_pk is not None else None
    if sweep is not None and any(chunk.stream == streams.HISTORY for chunk in post.chunks):
        searches.stop_behind(db, sweep, run)
        run = runs.get(db, run.pk)
    return run


def end(db: sqlite3.Connection, run: Run, exit_code: int | None) -> None:
    """End the run, and its sweep if that was the last trial."""
    runs.end(db, run, exit_code)
    trials.settle(db, runs.get(db, run.pk))


def stop(db: sqlite3.Connection, run: Run) -> None:
    """Ask the run to stop; one that no process has taken up yet is killed at once."""
    if run.state not in state.ACTIVE:
        return
    runs.update(db, run, {"stop_requested": 1})
    if run.state == "pending" and not run.listed:
        end(db, runs.get(db, run.pk), None)


def set_state(db: sqlite3.Connection, run: Run, wanted: str) -> None:
    """Set the state by hand, as `Api().run(…).update_state()` does.

    Raises:
        BackendError: W&B does not allow that change.
    """
    allowed = {
        "pending": ("pending", "running", "failed", "crashed", "preempted"),
        "failed": ("pending", "running"),
    }
    if run.sweep_pk is not None:
        raise BackendError(f"run `{run.name}` belongs to a sweep: its state can't be set")
    if run.state not in allowed.get(wanted, ()):
        raise BackendError(
            f"invalid state transition: run `{run.name}` can't go from `{run.state}` to `{wanted}`"
        )
    runs.update(db, run, {"state": wanted})


def rewind(db: sqlite3.Connection, run: Run, last_step: int) -> Run:
    """Forget every row after `last_step`."""
    runs.update(db, run, streams.truncate(db, run, last_step))
    return runs.get(db, run.pk)


def _insert(
    db: sqlite3.Connection, project: Project, given: Mapping[str, Any], columns: dict[str, Any]
) -> Run:
    if "config" in given:
        columns["config"] = given["config"]
    run_state = "pending" if given.get("state") == "pending" else "running"
    return runs.insert(db, project, given.get("name") or short_id(), run_state, **columns)


def _columns(db: sqlite3.Connection, given: Mapping[str, Any], found: Run | None) -> dict[str, Any]:
    labels = {
        "display_name": "display_name",
        "group_name": "group_name",
        "job_type": "job_type",
        "commit": "commit_hash",
        "job_repo": "repo",
        "host": "host",
        "job_program": "program",
    }
    texts = {"description": "description", "notes": "notes", "summary_metrics": "summary"}
    columns = {column: given[name] for name, column in texts.items() if name in given}
    for name, column in labels.items():
        if name in given:
            columns[column] = check_label(f"the run's `{name}`", given[name])
    if "tags" in given:
        columns["tags"] = runs.tags_text(given["tags"])
    if given.get("sweep") and (found is None or found.sweep_pk is None):
        sweep = sweeps.resolve(
            db, given["sweep"], given.get("entity_name"), given.get("model_name")
        )
        if sweep is not None:
            columns["sweep_id"] = sweep.pk
    return columns


def _reopened(run: Run) -> dict[str, Any]:
    fresh: dict[str, Any] = {"state": "running", "exit_code": None, "preempting": 0}
    # The client counts its lines from what it is told now.
    fresh |= {"history_base": 0, "reused": 0}
    # A trial canceled before its process opened it has the stop still to come.
    if run.state not in state.ACTIVE and run.host:
        fresh["stop_requested"] = 0
    return {**fresh, "heartbeat_at": time.time()}


def _placed(db: sqlite3.Connection, run: Run, chunk: Chunk) -> tuple[Run, Chunk]:
    """The history rows where they belong in a run whose id may have been used anew."""
    if run.reused and chunk.lines:
        first = next((step for step in chunk.steps if step is not None), 0)
        goes_on = first > run.last_step
        if not goes_on:
            runs.clear_history(db, run)
        # The client counts on from the lines that the run had, or, when it is old, from 0.
        base = (run.history_lines if goes_on else 0) - chunk.offset
        runs.update(db, run, {"reused": 0, "history_base": base})
        run = runs.get(db, run.pk)
    return run, replace(chunk, offset=chunk.offset + run.history_base)


def _config(run: Run, sent: str, *, merge: bool) -> str:
    if not merge:
        return sent
    old, new = jsontext.mapping(run.config), jsontext.mapping(sent)
    merged = {**old, **new}
    internals = [part.get("_wandb", {}).get("value", {}) for part in (old, new)]
    if any(internals):
        writers = {**internals[0].get("e", {}), **internals[1].get("e", {})}
        merged["_wandb"] = {"value": {**internals[0], **internals[1], "e": writers}}
    return jsontext.dumps(merged)


def _summary(run: Run, post: StreamPost) -> str:
    sent = post.summary or "{}"
    # What a killed process had sent last may come after the end that its agent told.
    if not post.writer and run.state in state.ACTIVE:
        return sent
    return jsontext.dumps({**run.summary_values, **jsontext.mapping(sent)})
