"""Artifacts: what makes, changes, links and deletes one."""

from __future__ import annotations

# ruff: noqa: D103 - each function resolves the field that stands above it
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ariadne import MutationType

from wandb_flyte.backend import manifests, versioning
from wandb_flyte.backend.errors import BackendError, NotFound
from wandb_flyte.backend.graphql.artifacts import find
from wandb_flyte.backend.graphql.context import resolves
from wandb_flyte.backend.graphql.files import FileNode
from wandb_flyte.backend.graphql.pages import page
from wandb_flyte.backend.graphql.runs import named_run
from wandb_flyte.backend.ids import gid, parse_pk
from wandb_flyte.backend.store import artifacts, blobs, collections, projects
from wandb_flyte.backend.store.artifact_models import Artifact, ArtifactFile, Manifest, Membership
from wandb_flyte.backend.store.runs import tags_text

if TYPE_CHECKING:
    from wandb_flyte.backend.graphql.context import Context

mutation = MutationType()
TYPES = (mutation,)


@resolves(mutation, "createArtifact")
def create(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"artifact": versioning.begin(request.db, given)}


@resolves(mutation, "createArtifactManifest")
def create_manifest(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    artifact, base = _artifact(request, given), given.get("base_artifact_id")
    found = find(request, base) if base else None
    made = blobs.add_manifest(request.db, artifact, given["type"], found.pk if found else None)
    return {"artifact_manifest": made}


@resolves(mutation, "updateArtifactManifest")
def update_manifest(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"artifact_manifest": _manifest(request, given["artifact_manifest_id"])}


@resolves(mutation, "createArtifactFiles")
def create_files(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"files": page([_announced(request, spec) for spec in given["artifact_files"]])}


@resolves(mutation, "commitArtifact")
def commit(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    artifact = _artifact(request, given)
    return {"artifact": versioning.commit(request.db, request.blob_folder, artifact)}


@resolves(mutation, "updateArtifact")
def update(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    artifact = _artifact(request, given)
    columns = {
        column: given[name]
        for name, column in {
            "description": "description",
            "metadata": "metadata",
            "ttl_duration_seconds": "ttl_seconds",
        }.items()
        if given.get(name) is not None
    }
    gone = {tag["tag_name"] for tag in given.get("tags_to_delete") or ()}
    tags = [*artifact.tags, *versioning.check_tags(given.get("tags_to_add") or ())]
    columns["tags"] = tags_text([tag for tag in tags if tag not in gone])
    if (aliases := given.get("aliases")) is not None:
        _set_aliases(request, artifact, [item["alias"] for item in aliases])
    return {"artifact": artifacts.update(request.db, artifact, columns)}


@resolves(mutation, "deleteArtifact")
def delete(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    artifact = _artifact(request, given)
    gone = versioning.delete(request.db, artifact, with_aliases=bool(given.get("delete_aliases")))
    request.dropped.extend(gone)
    return {"artifact": None}


@resolves(mutation, "useArtifact")
def use(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    artifact = _artifact(request, given)
    artifacts.note_run(request.db, named_run(request.db, given), artifact, used=True)
    return {"artifact": artifact}


@resolves(mutation, "linkArtifact")
def link(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    db = request.db
    if given.get("artifact_id"):
        artifact = _artifact(request, given)
    else:
        known = artifacts.find_by_client(db, given.get("client_id") or "")
        if known is None:
            raise NotFound("the artifact does not exist")
        artifact = known
    name = given.get("artifact_portfolio_name") or ""
    if pk := parse_pk(given.get("artifact_portfolio_id") or "", "ArtifactCollection"):
        known_portfolio = collections.find(db, pk)
        name = known_portfolio.name if known_portfolio else name
    project = projects.ensure(db, given["entity_name"], given.get("project_name"))
    aliases = [item["alias"] for item in given.get("aliases") or ()]
    place = versioning.link(db, project, name, artifact, aliases)
    return {"version_index": place.version, "artifact_membership": place}


@resolves(mutation, "unlinkArtifact")
def unlink(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    artifact = _artifact(request, given)
    wanted = parse_pk(given["artifact_portfolio_id"], "ArtifactCollection")
    for place in artifacts.memberships(request.db, artifact):
        if place.collection_pk == wanted:
            if not collections.get(request.db, place.collection_pk).is_portfolio:
                raise BackendError("an artifact can't be unlinked from where it was logged")
            artifacts.leave_collection(request.db, place)
    return {"success": True}


@resolves(mutation, "addAliases")
def add_aliases(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    for place, alias in _aliases(request, given):
        artifacts.add_aliases(request.db, place, [versioning.check_alias(alias)])
    return {"success": True}


@resolves(mutation, "deleteAliases")
def delete_aliases(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    for place, alias in _aliases(request, given):
        artifacts.remove_aliases(request.db, place, [alias])
    return {"success": True}


def _artifact(request: Context, given: Mapping[str, Any]) -> Artifact:
    found = find(request, given["artifact_id"])
    if found is None:
        raise NotFound("the artifact does not exist")
    return found


def _manifest(request: Context, reference: str) -> Manifest:
    pk = parse_pk(reference, "ArtifactManifest")
    found = None if pk is None else blobs.manifest(request.db, pk)
    if found is None:
        raise NotFound("the artifact's manifest does not exist")
    return found


def _announced(request: Context, spec: Mapping[str, Any]) -> FileNode:
    """A file that the artifact is going to have; with an address when its bytes are needed."""
    artifact = _artifact(request, spec)
    digest = spec["md_5"]  # how Ariadne writes `md5` in snake case
    md5 = manifests.hex_digest(digest)
    bringer = blobs.bringer(request.db, md5)
    known = artifacts.find(request.db, bringer) if bringer is not None else None
    size = blobs.size(request.db, md5) or 0
    if artifact.state != versioning.COMMITTED:
        blobs.expect_file(request.db, ArtifactFile(artifact.pk, spec["name"], md5, size))
    upload = request.addresses.artifact_file(artifact.pk, md5)
    return FileNode(
        id=gid("ArtifactFile", artifact.pk, spec["name"]),
        name=spec["name"],
        upload_url=upload if bringer is None else None,
        digest=digest,
        md5=digest,
        storage_path=f"wandb_artifacts/{md5}",
        artifact=known or artifact,
    )


def _aliases(request: Context, given: Mapping[str, Any]) -> list[tuple[Membership, str]]:
    """Each alias with the artifact's place in the alias's collection."""
    artifact = _artifact(request, given)
    places = {place.collection_pk: place for place in artifacts.memberships(request.db, artifact)}
    found = []
    for item in given["aliases"]:
        named = {**item, "entity_name": item.get("entity_name") or request.user}
        collection = versioning.named(request.db, named)
        if collection.pk not in places:
            raise NotFound(f"the artifact is not in `{collection.name}`")
        found.append((places[collection.pk], item["alias"]))
    return found


def _set_aliases(request: Context, artifact: Artifact, wanted: list[str]) -> None:
    """Let these be the artifact's aliases where it was logged."""
    for place in artifacts.memberships(request.db, artifact):
        if place.collection_pk == artifact.collection_pk:
            gone = set(artifacts.aliases(request.db, place)) - set(wanted)
            artifacts.remove_aliases(request.db, place, gone)
            artifacts.add_aliases(
                request.db, place, [versioning.check_alias(alias) for alias in wanted]
            )
