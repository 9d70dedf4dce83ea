"""Who asks, what this server can do, and its projects."""

from __future__ import annotations

# ruff: noqa: D103 - each function resolves the field that stands above it
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ariadne import MutationType, ObjectType, QueryType

from wandb_flyte._version import __version__
from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.filters import Filter, creation_order, sort
from wandb_flyte.backend.filters import parse as filters_of
from wandb_flyte.backend.graphql.context import context, resolves, stamp
from wandb_flyte.backend.graphql.pages import connection, page, place
from wandb_flyte.backend.ids import gid
from wandb_flyte.backend.store import Project, Run, Sweep, projects, runs, sweeps

if TYPE_CHECKING:
    from wandb_flyte.backend.graphql.context import Context, Info


query = QueryType()
mutation = MutationType()
project_type = ObjectType("Project")
TYPES = (query, mutation, project_type)

# What a client may ask of this server; it does without what is not named here.
FEATURES = (
    "ARTIFACT_COLLECTIONS_FILTERING_SORTING",
    "ARTIFACT_COLLECTION_MEMBERSHIP_FILES",
    "ARTIFACT_COLLECTION_MEMBERSHIP_FILE_DOWNLOAD_HANDLER",
    "ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE",
    "ARTIFACT_TAGS",
    "ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID",
    "CLIENT_IDS",
    "FILESTREAM_GZIP",
    "PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP",
    "STRUCTURED_CONSOLE_LOGS",
    "SWEEPS_LOCAL_SCHEDULER",
    "TOTAL_COUNT_IN_FILE_CONNECTION",
    "UPDATE_RUN_STATE",
    "USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION",
)

project_type.set_field("createdAt", stamp("created_at"))


def user_of(name: str) -> dict[str, Any]:
    """A user, whose own entity is called the same."""
    teams = {"edges": [{"node": _entity(name)}]}
    return {
        "id": gid("User", name),
        "name": name,
        "username": name,
        "email": "",
        "admin": False,
        "entity": name,
        "flags": "{}",
        "api_keys": {"edges": [{"node": {"id": name, "name": name}}]},
        "teams": teams,
        "organizations": [],
    }


def entity_of(name: str) -> dict[str, Any]:
    """An entity, which is only a name here: it has one member, the user of that name."""
    member = {**user_of(name), "pending": False, "account_type": "USER"}
    return {**_entity(name), "user": member, "members": [member]}


def _entity(name: str) -> dict[str, Any]:
    return {
        "id": gid("Entity", name),
        "name": name,
        "available": False,
        "is_team": False,
        "entity_type": "USER",
        "read_only": False,
        "read_only_admin": False,
        "private_only": True,
        "default_access": "PRIVATE",
        "storage_bytes": 0,
        "code_saving_enabled": True,
        "is_paid": False,
    }


@query.field("viewer")
def viewer(_: Any, info: Info) -> dict[str, Any]:
    return user_of(context(info).user)


@query.field("serverInfo")
def server_info(*_: Any) -> dict[str, Any]:
    # Clients ask the newest version again and again until it is not null.
    versions = {"min_cli_version": "0.27.0", "max_cli_version": "0.31.0"}
    local = {
        "out_of_date": False,
        "latest_version_string": __version__,
        "version_on_this_instance_string": __version__,
    }
    features = [{"name": name, "is_enabled": True} for name in FEATURES]
    return {"cli_version_info": versions, "latest_local_version_info": local, "features": features}


@query.field("entity")
def entity(_: Any, __: Info, name: str) -> dict[str, Any]:
    return entity_of(name)


@query.field("project")
@query.field("model")
def project(
    _: Any, info: Info, name: str | None = None, entity_name: str | None = None
) -> Project | None:
    request = context(info)
    return projects.find(request.db, entity_name or request.user, name)


@query.field("models")
def models(
    _: Any,
    info: Info,
    entity_name: str | None = None,
    after: str | None = None,
    first: int | None = None,
) -> dict[str, Any]:
    return page(projects.of_entity(context(info).db, entity_name), first, after)


@resolves(mutation, "upsertModel")
def upsert_model(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    db = request.db
    known = projects.find(db, given.get("entity_name"), given.get("name"))
    made = projects.ensure(db, given.get("entity_name"), given.get("name"))
    if given.get("description"):
        projects.describe(db, made, given["description"])
    return {"project": made, "model": made, "inserted": known is None}


@project_type.field("id")
def project_id(project: Project, _: Info) -> str:
    return project.gid


@project_type.field("internalId")
def internal_id(project: Project, _: Info) -> str:
    return str(project.pk)


@project_type.field("entityName")
def entity_name(project: Project, _: Info) -> str:
    return project.entity


@project_type.field("entity")
def project_entity(project: Project, _: Info) -> dict[str, Any]:
    return entity_of(project.entity)


@project_type.field("isBenchmark")
@project_type.field("readOnly")
def never(*_: Any) -> bool:
    return False


@project_type.field("access")
def access(*_: Any) -> str:
    return "PRIVATE"


@project_type.field("user")
def project_user(project: Project, _: Info) -> dict[str, Any]:
    return user_of(project.entity)


@project_type.field("run")
def run(project: Project, info: Info, name: str, **_: Any) -> Run | None:
    return runs.find(context(info).db, project, name)


@project_type.field("bucket")
def bucket(
    project: Project,
    info: Info,
    name: str | None = None,
    missing_ok: bool | None = None,
) -> Run | None:
    found = runs.find(context(info).db, project, name) if name else None
    if found is None and not missing_ok:
        raise BackendError(f"run `{name}` does not exist")
    return found


@project_type.field("runCount")
def run_count(project: Project, info: Info, filters: str | None = None) -> int:
    chosen = filters_of(filters)
    if not chosen.tests:
        return runs.count(context(info).db, _where(chosen), project.pk, *chosen.values)
    return len(_matching(project, info, chosen))


@project_type.field("runs")
def project_runs(
    project: Project,
    info: Info,
    filters: str | None = None,
    after: str | None = None,
    first: int | None = None,
    order: str | None = None,
    **_: Any,
) -> dict[str, Any]:
    chosen = filters_of(filters)
    direction = creation_order(order)
    if first is None or chosen.tests or not direction:
        return run_page(_matching(project, info, chosen), first, after, order)
    begin = place(after)
    found = runs.select(
        context(info).db,
        _where(chosen),
        project.pk,
        *chosen.values,
        newest_first=direction == "-",
        limit=first + 1,
        offset=begin,
    )
    return connection(found[:first], begin, has_next=len(found) > first)


@project_type.field("sweep")
def sweep(project: Project, info: Info, sweep_name: str) -> Sweep | None:
    return sweeps.find(context(info).db, project, sweep_name)


@project_type.field("totalSweeps")
def total_sweeps(project: Project, info: Info) -> int:
    return sweeps.count(context(info).db, project)


@project_type.field("sweeps")
def project_sweeps(
    project: Project,
    info: Info,
    after: str | None = None,
    first: int | None = None,
    **_: Any,
) -> dict[str, Any]:
    return page(sweeps.of_project(context(info).db, project), first, after)


def run_page(
    found: list[Run], first: int | None, after: str | None, order: str | None
) -> dict[str, Any]:
    """One page of the runs, in the order asked for."""
    return page(sort(found, order), first, after)


def _where(chosen: Filter) -> str:
    return f"runs.project_id = ? AND {chosen.where}"


def _matching(project: Project, info: Info, chosen: Filter) -> list[Run]:
    found = runs.select(context(info).db, _where(chosen), project.pk, *chosen.values)
    return [run for run in found if chosen(run)]
