"""Runs: what can be read of one, and what changes one."""

from __future__ import annotations

# ruff: noqa: D103 - each function resolves the field that stands above it
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ariadne import MutationType, ObjectType

from wandb_flyte.backend import jsontext, recording, versioning
from wandb_flyte.backend.errors import BackendError, NotFound
from wandb_flyte.backend.graphql.context import context, resolves, stamp
from wandb_flyte.backend.graphql.session import user_of
from wandb_flyte.backend.store import Project, Run, artifacts, projects, runs

if TYPE_CHECKING:
    from wandb_flyte.backend.graphql.context import Context, Info


mutation = MutationType()
run_type = ObjectType("Run")
TYPES = (mutation, run_type)

# As far as a number in JSON counts in ones.
_MOST_STEPS = 2**53

run_type.set_field("createdAt", stamp("created_at"))
run_type.set_field("updatedAt", stamp("updated_at"))
run_type.set_field("heartbeatAt", stamp("heartbeat_at"))

for field, attribute in {
    "id": "gid",
    "projectId": "project_pk",
    "group": "group_name",
    "commit": "commit_hash",
    "exitcode": "exit_code",
    "shouldStop": "stop_requested",
    "systemMetrics": "system",
    "historyLineCount": "history_lines",
    "eventsLineCount": "event_lines",
    "logLineCount": "log_lines",
}.items():
    run_type.set_alias(field, attribute)


@run_type.field("project")
def project(run: Run, info: Info) -> Project | None:
    return projects.find(context(info).db, run.entity, run.project)


@run_type.field("stopped")
def stopped(run: Run, _: Info) -> bool:
    return run.state == "killed" or run.stop_requested


@run_type.field("failed")
def failed(run: Run, _: Info) -> bool:
    return run.state in ("failed", "crashed")


@run_type.field("running")
def running(run: Run, _: Info) -> bool:
    return run.state in ("running", "preempting")


@run_type.field("readOnly")
def read_only(*_: Any) -> bool:
    return False


@run_type.field("user")
def run_user(run: Run, _: Info) -> dict[str, Any]:
    return user_of(run.entity)


@run_type.field("wandbConfig")
def wandb_config(run: Run, _: Info, keys: list[str] | None = None) -> str:
    internal = jsontext.mapping(run.config).get("_wandb", {})
    value = internal.get("value", {}) if isinstance(internal, dict) else {}
    wanted = {key: value[key] for key in value if keys is None or key in keys}
    return jsontext.dumps(wanted)


@run_type.field("summaryMetrics")
def summary_metrics(run: Run, _: Info, keys: list[str] | None = None) -> str:
    if keys is None:
        return run.summary
    summary = run.summary_values
    return jsontext.dumps({key: summary[key] for key in keys if key in summary})


@resolves(mutation, "upsertBucket")
def upsert_bucket(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    run, inserted = recording.upsert(request.db, given, request.writer, request.agent)
    return {"bucket": run, "inserted": inserted}


@resolves(mutation, "stopRun")
def stop_run(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    db = request.db
    recording.stop(db, recording.find_by_gid(db, given["id"]))
    return {"success": True}


@resolves(mutation, "deleteRun")
def delete_run(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    db = request.db
    run = recording.find_or_deleted(db, given["id"])
    if run is None:
        return {"success": True}
    if given.get("delete_artifacts"):
        for artifact in artifacts.of_run(db, run, used=False):
            request.dropped.extend(versioning.delete(db, artifact, with_aliases=True))
    request.searches.forget_courses(run)
    request.orphans.extend(runs.delete(db, run))
    return {"success": True}


@resolves(mutation, "updateRunState")
def update_run_state(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    db = request.db
    recording.set_state(db, recording.find_by_gid(db, given["id"]), given["state"])
    return {"success": True}


@resolves(mutation, "rewindRun")
def rewind_run(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    if given["metric_name"] != "_step" or abs(given["metric_value"]) > _MOST_STEPS:
        raise BackendError(
            f"a run is rewound to a `_step`, not to `{given['metric_value']}` of"
            f" `{given['metric_name'][:200]}`"
        )
    run = named_run(request.db, given)
    request.searches.forget_courses(run)
    return {"rewound_run": recording.rewind(request.db, run, int(given["metric_value"]))}


@resolves(mutation, "notifyScriptableRunAlert")
def alert(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    run = named_run(request.db, given)
    runs.alert(request.db, run, given["title"], given["text"], given["severity"])
    return {"success": True}


def named_run(db: sqlite3.Connection, given: Mapping[str, Any]) -> Run:
    """The run that entity, project and run name mean.

    Raises:
        NotFound: There is none.
    """
    home = projects.find(db, given.get("entity_name"), given.get("project_name"))
    run = runs.find(db, home, given["run_name"]) if home else None
    if run is None:
        raise NotFound(f"run `{given['run_name']}` does not exist")
    return run
