"""The rows of the store as frozen objects."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar, Self

from wandb_flyte.backend import jsontext
from wandb_flyte.backend.ids import gid


def timestamp(seconds: float | None) -> str | None:
    """Seconds since the epoch as `2025-01-31T12:00:00.123456Z`."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True)
class Row:
    """A row of `SELECT`."""

    SELECT: ClassVar[str]

    @classmethod
    def of(cls, row: sqlite3.Row) -> Self:
        """The object that a row of `SELECT` stands for."""
        return cls(*row)


@dataclass(frozen=True)
class Project(Row):
    """A project of an entity."""

    pk: int
    entity: str
    name: str
    description: str
    created_at: float

    SELECT = "SELECT id, entity, name, description, created_at FROM projects"

    @property
    def gid(self) -> str:
        """Its opaque id."""
        return gid("Project", self.name, self.entity)


@dataclass(frozen=True)
class Sweep(Row):
    """A sweep; `config` is its YAML text."""

    pk: int
    project_pk: int
    entity: str
    project: str
    name: str
    display_name: str | None
    description: str | None
    config: str
    controller: str | None
    scheduler: str | None
    state: str
    exhausted: bool
    created_at: float
    updated_at: float
    heartbeat_at: float | None

    SELECT = (
        "SELECT sweeps.id, project_id, projects.entity, projects.name, sweeps.name, display_name,"
        " sweeps.description, config, controller, scheduler, state, exhausted, sweeps.created_at,"
        " updated_at, heartbeat_at FROM sweeps JOIN projects ON projects.id = project_id"
    )

    @property
    def gid(self) -> str:
        """Its opaque id."""
        return gid("Sweep", self.name, self.project, self.entity)


@dataclass(frozen=True)
class Agent(Row):
    """An agent of a sweep."""

    pk: int
    name: str
    sweep_pk: int
    host: str
    state: str
    created_at: float
    heartbeat_at: float | None

    SELECT = "SELECT id, name, sweep_id, host, state, created_at, heartbeat_at FROM agents"

    @property
    def gid(self) -> str:
        """Its opaque id."""
        return gid("Agent", self.name)


@dataclass(frozen=True)
class Run(Row):
    """A run; config, summary, system and history_keys are JSON text."""

    pk: int
    project_pk: int
    entity: str
    project: str
    name: str
    display_name: str
    description: str | None
    notes: str | None
    tags_text: str
    group_name: str | None
    job_type: str | None
    commit_hash: str | None
    repo: str | None
    host: str | None
    program: str | None
    config: str
    summary: str
    system: str
    history_keys: str
    state: str
    exit_code: int | None
    stop_requested: bool
    preempting: bool
    history_lines: int
    event_lines: int
    log_lines: int
    last_step: int
    sweep_pk: int | None
    sweep_name: str | None
    agent_pk: int | None
    prior: bool
    deliveries: int
    listed: bool
    history_base: int
    reused: bool
    created_at: float
    updated_at: float
    heartbeat_at: float

    FROM = (
        " FROM runs JOIN projects ON projects.id = runs.project_id"
        " LEFT JOIN sweeps ON sweeps.id = runs.sweep_id"
    )
    SELECT = (
        "SELECT runs.id, runs.project_id, projects.entity, projects.name, runs.name,"
        " runs.display_name, runs.description, notes, tags, group_name, job_type, commit_hash,"
        " repo, host, program, runs.config, summary, system, history_keys, runs.state, exit_code,"
        " stop_requested, preempting, history_lines, event_lines, log_lines, last_step,"
        " runs.sweep_id, sweeps.name, agent_id, prior, deliveries, listed, history_base,"
        " reused, runs.created_at, runs.updated_at, runs.heartbeat_at" + FROM
    )

    @property
    def gid(self) -> str:
        """Its opaque id."""
        return gid("Run", self.name, self.project, self.entity)

    @cached_property
    def tags(self) -> list[str]:
        """Its tags."""
        tags: list[str] = json.loads(self.tags_text)
        return tags

    @cached_property
    def values(self) -> dict[str, Any]:
        """The config as the user wrote it, without W&B's own keys."""
        return plain_config(self.config)

    @cached_property
    def summary_values(self) -> dict[str, Any]:
        """The summary as an object."""
        return jsontext.mapping(self.summary)


@dataclass(frozen=True)
class File(Row):
    """A file of a run; `stored_as` is its name in the data folder."""

    run_pk: int
    name: str
    size: int
    md5: str
    mimetype: str
    stored_as: str
    updated_at: float

    SELECT = "SELECT run_id, name, size, md5, mimetype, stored_as, updated_at FROM files"


def plain_config(text: str) -> dict[str, Any]:
    """`{"lr": 0.1}` of the wire's `{"lr": {"value": 0.1}, "_wandb": …}`."""
    return {
        key: item.get("value") if isinstance(item, dict) else item
        for key, item in jsontext.mapping(text).items()
        if key not in ("_wandb", "wandb_version")
    }
