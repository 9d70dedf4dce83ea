"""Types and collections of artifacts: what can be read of them, and what changes them."""

from __future__ import annotations

# ruff: noqa: D103 - each function resolves the field that stands above it
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ariadne import InterfaceType, MutationType, ObjectType, QueryType

from wandb_flyte.backend import mongo, versioning
from wandb_flyte.backend.errors import NotFound
from wandb_flyte.backend.graphql.artifacts import alias_nodes, tag_nodes
from wandb_flyte.backend.graphql.context import context, resolves, stamp
from wandb_flyte.backend.graphql.pages import page
from wandb_flyte.backend.ids import parse_pk
from wandb_flyte.backend.store import Project, artifacts, collections, projects
from wandb_flyte.backend.store.artifact_models import (
    Artifact,
    ArtifactType,
    Collection,
    Membership,
)
from wandb_flyte.backend.store.models import timestamp

if TYPE_CHECKING:
    from wandb_flyte.backend.graphql.context import Context, Info

query = QueryType()
mutation = MutationType()
project_type = ObjectType("Project")
type_type = ObjectType("ArtifactType")
sequence_type = ObjectType("ArtifactSequence")
portfolio_type = ObjectType("ArtifactPortfolio")
collection_type = InterfaceType(
    "ArtifactCollection",
    lambda found, *_: "ArtifactPortfolio" if found.is_portfolio else "ArtifactSequence",
)
TYPES = (
    *(query, mutation, project_type, type_type),
    *(collection_type, sequence_type, portfolio_type),
)

type_type.set_alias("id", "gid")
type_type.set_field("createdAt", stamp("created_at"))
collection_type.set_alias("id", "gid")
collection_type.set_field("createdAt", stamp("created_at"))
collection_type.set_field("updatedAt", stamp("updated_at"))


@query.field("artifactCollection")
def by_id(_: Any, info: Info, id: str) -> Collection | None:  # noqa: A002 - the argument's name
    return _find(context(info), id)


@project_type.field("artifactCollection")
def of_project(project: Project, info: Info, name: str) -> Collection | None:
    return collections.find_named(context(info).db, project, name)


@project_type.field("artifactCollections")
def all_of_project(project: Project, info: Info, **arguments: Any) -> dict[str, Any]:
    return _collections(collections.of_project(context(info).db, project), **arguments)


@project_type.field("artifactType")
def artifact_type(project: Project, info: Info, name: str) -> ArtifactType | None:
    return collections.find_type(context(info).db, project, name)


@project_type.field("artifactTypes")
def artifact_types(
    project: Project, info: Info, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    return page(collections.types(context(info).db, project), first, after)


@type_type.field("artifactCollection")
def of_type(kind: ArtifactType, info: Info, name: str) -> Collection | None:
    found = collections.of_type(context(info).db, kind)
    return next((collection for collection in found if collection.name == name), None)


@type_type.field("artifact")
def artifact_of_type(kind: ArtifactType, info: Info, name: str) -> Artifact | None:
    db, (collection_name, _, alias) = context(info).db, name.partition(":")
    collection = of_type(kind, info, collection_name)
    place = artifacts.membership(db, collection, alias or artifacts.LATEST) if collection else None
    return artifacts.get(db, place.artifact_pk) if place else None


@type_type.field("artifactCollections")
def all_of_type(kind: ArtifactType, info: Info, **arguments: Any) -> dict[str, Any]:
    return _collections(collections.of_type(context(info).db, kind), **arguments)


@collection_type.field("project")
def project_of(collection: Collection, info: Info) -> Project | None:
    return projects.find(context(info).db, collection.entity, collection.project)


@collection_type.field("defaultArtifactType")
def type_of(collection: Collection, info: Info) -> ArtifactType:
    return collections.type_of(context(info).db, collection)


@collection_type.field("tags")
def tags(collection: Collection, _: Info) -> dict[str, Any]:
    return {"edges": [{"node": node} for node in tag_nodes(collection.tags)]}


@collection_type.field("aliases")
def aliases(
    collection: Collection, info: Info, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    names = artifacts.collection_aliases(context(info).db, collection)
    return page(alias_nodes(collection, names), first, after)


@collection_type.field("artifactMembership")
def membership(collection: Collection, info: Info, alias_name: str) -> Membership | None:
    return artifacts.membership(context(info).db, collection, alias_name)


@collection_type.field("artifacts")
def versions(
    collection: Collection,
    info: Info,
    after: str | None = None,
    first: int | None = None,
    filters: str | None = None,
    order: str | None = None,
) -> dict[str, Any]:
    db = context(info).db
    matches = mongo.tree_test(mongo.tree_of(filters), _artifact_value)
    found = [item for item in artifacts.of_collection(db, collection) if matches(item)]
    if order:
        found = mongo.sort(found, order, _artifact_value)
    listed = page(found, first, after)
    for edge in listed["edges"]:
        places = artifacts.memberships(db, edge["node"])
        (here,) = [place for place in places if place.collection_pk == collection.pk]
        edge["version"] = f"v{here.version}"
    return listed


@sequence_type.field("state")
@portfolio_type.field("state")
def state(*_: Any) -> str:
    return "READY"


@sequence_type.field("latestArtifact")
def latest(collection: Collection, info: Info) -> Artifact | None:
    db = context(info).db
    place = artifacts.membership(db, collection, artifacts.LATEST)
    return artifacts.get(db, place.artifact_pk) if place else None


@resolves(mutation, "createArtifactType")
def create_type(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    project = projects.ensure(request.db, given["entity_name"], given.get("project_name"))
    made = collections.ensure_type(request.db, project, given["name"], given.get("description"))
    return {"artifact_type": made}


@resolves(mutation, "updateArtifactSequence")
@resolves(mutation, "updateArtifactPortfolio")
def change(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    columns = {key: given[key] for key in ("name", "description") if given.get(key) is not None}
    return {"artifact_collection": collections.update(request.db, _named(request, given), columns)}


@resolves(mutation, "moveArtifactSequence")
def move(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    db, collection = request.db, _named(request, given)
    project = projects.ensure(db, collection.entity, collection.project)
    kind = collections.ensure_type(db, project, given["destination_artifact_type_name"])
    return {"artifact_collection": collections.update(db, collection, {"type_id": kind.pk})}


@resolves(mutation, "deleteArtifactSequence")
@resolves(mutation, "deleteArtifactPortfolio")
def delete(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    request.dropped.extend(versioning.delete_collection(request.db, _named(request, given)))
    return {"artifact_collection": {"state": "DELETED"}}


@resolves(mutation, "createArtifactCollectionTagAssignments")
def add_tags(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    collection = versioning.named(request.db, given)
    wanted = versioning.check_tags(given["tags"])
    return {
        "tags": tag_nodes(collections.tag(request.db, collection, [*collection.tags, *wanted]).tags)
    }


@resolves(mutation, "deleteArtifactCollectionTagAssignments")
def delete_tags(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    collection = versioning.named(request.db, given)
    gone = {tag["tag_name"] for tag in given["tags"]}
    collections.tag(request.db, collection, [tag for tag in collection.tags if tag not in gone])
    return {"success": True}


def _find(request: Context, reference: str) -> Collection | None:
    pk = parse_pk(reference, "ArtifactCollection")
    return None if pk is None else collections.find(request.db, pk)


def _named(request: Context, given: Mapping[str, Any]) -> Collection:
    reference = given.get("artifact_sequence_id") or given.get("artifact_portfolio_id") or ""
    found = _find(request, reference)
    if found is None:
        raise NotFound("the artifact collection does not exist")
    return found


def _collections(
    found: list[Collection],
    after: str | None = None,
    first: int | None = None,
    filters: str | None = None,
    order: str | None = None,
) -> dict[str, Any]:
    matches = mongo.tree_test(mongo.tree_of(filters), _collection_value)
    kept = [collection for collection in found if matches(collection)]
    return page(mongo.sort(kept, order, _collection_value) if order else kept, first, after)


def _artifact_value(artifact: Artifact, key: str) -> Any:
    known = {
        "state": artifact.state,
        "version_index": artifact.version,
        "versionIndex": artifact.version,
        "digest": artifact.digest,
        "tags": artifact.tags,
        "tag": artifact.tags,
        "size": artifact.size,
        "created_at": timestamp(artifact.created_at),
        "createdAt": timestamp(artifact.created_at),
        "updated_at": timestamp(artifact.updated_at),
        "updatedAt": timestamp(artifact.updated_at),
    }
    return known.get(key)


def _collection_value(collection: Collection, key: str) -> Any:
    known = {
        "name": collection.name,
        "description": collection.description,
        "tags": collection.tags,
        "tag": collection.tags,
        "id": collection.pk,
        "created_at": timestamp(collection.created_at),
        "createdAt": timestamp(collection.created_at),
        "updated_at": timestamp(collection.updated_at),
        "updatedAt": timestamp(collection.updated_at),
    }
    return known.get(key)
