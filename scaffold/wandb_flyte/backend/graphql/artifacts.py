"""Artifacts: what can be read of one."""

from __future__ import annotations

# ruff: noqa: D103 - each function resolves the field that stands above it
import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ariadne import ObjectType, QueryType, UnionType

from wandb_flyte.backend import filepaths, manifests, versioning
from wandb_flyte.backend.graphql.context import context, stamp
from wandb_flyte.backend.graphql.files import FileNode
from wandb_flyte.backend.graphql.pages import page
from wandb_flyte.backend.ids import gid, parse_pk
from wandb_flyte.backend.store import Project, Run, artifacts, blobs, collections, runs
from wandb_flyte.backend.store.artifact_models import (
    Artifact,
    ArtifactFile,
    ArtifactType,
    Collection,
    Manifest,
    Membership,
)
from wandb_flyte.backend.store.models import timestamp

if TYPE_CHECKING:
    from wandb_flyte.backend.graphql.context import Context, Info

query = QueryType()
project_type = ObjectType("Project")
run_type = ObjectType("Run")
artifact_type = ObjectType("Artifact")
membership_type = ObjectType("ArtifactCollectionMembership")
manifest_type = ObjectType("ArtifactManifest")
alias_type = ObjectType("ArtifactAlias")
creator_type = UnionType("ArtifactCreator", lambda *_: "Run")
TYPES = (
    *(query, project_type, run_type, artifact_type),
    *(membership_type, manifest_type, alias_type, creator_type),
)

artifact_type.set_alias("id", "gid")
artifact_type.set_alias("versionIndex", "version")
artifact_type.set_field("createdAt", stamp("created_at"))
artifact_type.set_field("updatedAt", stamp("updated_at"))
membership_type.set_alias("id", "gid")
membership_type.set_field("createdAt", stamp("created_at"))
membership_type.set_alias("versionIndex", "version")
manifest_type.set_alias("id", "gid")
artifact_type.set_field("digestAlgorithm", lambda *_: "MANIFEST_MD5")

_INHERITED = -1


def find(request: Context, reference: str) -> Artifact | None:
    """The artifact of that opaque id, or None."""
    pk = parse_pk(reference, "Artifact")
    return None if pk is None else artifacts.find(request.db, pk)


def tag_nodes(names: Sequence[str]) -> list[dict[str, str]]:
    """The tags, as the API describes them."""
    return [{"id": gid("Tag", name), "name": name} for name in names]


def alias_nodes(collection: Collection, names: Sequence[str]) -> list[dict[str, Any]]:
    """The aliases of a collection, as the API describes them."""
    return [
        {
            "id": gid("ArtifactAlias", collection.pk, name),
            "alias": name,
            "artifact_collection": collection,
        }
        for name in names
    ]


def file_node(request: Context, artifact: Artifact, file: ArtifactFile) -> FileNode:
    """A file of the artifact, as the API describes it."""
    name = file.path.rpartition("/")[2]
    digest = manifests.base64_digest(file.md5)
    return FileNode(
        id=gid("ArtifactFile", artifact.pk, file.path),
        name=file.path,
        direct_url=request.addresses.blob(file.md5, name),
        size_bytes=file.size,
        mimetype=filepaths.mimetype(name),
        updated_at=timestamp(artifact.updated_at),
        md5=digest,
        digest=digest,
        storage_path=f"wandb_artifacts/{file.md5}",
        artifact=artifact,
    )


@query.field("artifact")
def artifact(_: Any, info: Info, id: str) -> Artifact | None:  # noqa: A002 - the argument's name
    return find(context(info), id)


@query.field("clientIDMapping")
def client_id_mapping(_: Any, info: Info, client_id: str) -> dict[str, str] | None:
    found = artifacts.find_by_client(context(info).db, client_id)
    return {"server_id": found.gid} if found else None


@project_type.field("artifact")
def project_artifact(project: Project, info: Info, name: str, **_: Any) -> Artifact | None:
    found = versioning.reference(context(info).db, project, name)
    return artifacts.get(context(info).db, found.artifact_pk) if found else None


@project_type.field("artifactCollectionMembership")
def project_membership(project: Project, info: Info, name: str) -> Membership | None:
    return versioning.reference(context(info).db, project, name)


@run_type.field("inputArtifacts")
def used(
    run: Run, info: Info, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    return page(artifacts.of_run(context(info).db, run, used=True), first, after)


@run_type.field("outputArtifacts")
def logged(
    run: Run, info: Info, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    return page(artifacts.of_run(context(info).db, run, used=False), first, after)


@artifact_type.field("artifactSequence")
def sequence(artifact: Artifact, info: Info) -> Collection:
    return collections.get(context(info).db, artifact.collection_pk)


@artifact_type.field("artifactType")
def type_of(artifact: Artifact, info: Info) -> ArtifactType:
    return collections.type_of(
        context(info).db, collections.get(context(info).db, artifact.collection_pk)
    )


@artifact_type.field("tags")
def tags(artifact: Artifact, _: Info) -> list[dict[str, str]]:
    return tag_nodes(artifact.tags)


@artifact_type.field("aliases")
def aliases(artifact: Artifact, info: Info) -> list[dict[str, Any]]:
    return [
        node
        for place in artifacts.memberships(context(info).db, artifact)
        for node in membership_aliases(place, info)
    ]


@artifact_type.field("ttlDurationSeconds")
def ttl_seconds(artifact: Artifact, _: Info) -> int:
    return _INHERITED if artifact.ttl_seconds is None else artifact.ttl_seconds


@artifact_type.field("ttlIsInherited")
def ttl_is_inherited(artifact: Artifact, _: Info) -> bool:
    return artifact.ttl_seconds in (None, _INHERITED)


@artifact_type.field("commitHash")
def commit_hash(artifact: Artifact, _: Info) -> str | None:
    if artifact.state != versioning.COMMITTED:
        return None
    return hashlib.sha256(f"{artifact.gid}:{artifact.digest}".encode()).hexdigest()[:20]


@artifact_type.field("createdBy")
def created_by(artifact: Artifact, info: Info) -> Run | None:
    return runs.get(context(info).db, artifact.run_pk) if artifact.run_pk else None


@artifact_type.field("usedBy")
def used_by(artifact: Artifact, info: Info) -> dict[str, Any]:
    db = context(info).db
    return page([runs.get(db, pk) for pk in artifacts.users(db, artifact)])


@artifact_type.field("artifactMemberships")
def artifact_memberships(artifact: Artifact, info: Info) -> dict[str, Any]:
    return page(artifacts.memberships(context(info).db, artifact))


@artifact_type.field("currentManifest")
def current_manifest(artifact: Artifact, info: Info) -> Manifest | None:
    found = blobs.manifests(context(info).db, artifact)
    return found[-1] if found and artifact.state == versioning.COMMITTED else None


@artifact_type.field("files")
def files(
    artifact: Artifact,
    info: Info,
    names: list[str] | None = None,
    after: str | None = None,
    first: int | None = None,
) -> dict[str, Any]:
    return _files(context(info), artifact, names, after, first)


@artifact_type.field("filesByManifestEntries")
def files_by_entries(
    artifact: Artifact,
    info: Info,
    entries: list[Mapping[str, Any]] | None = None,
    after: str | None = None,
    first: int | None = None,
    **_: Any,
) -> dict[str, Any]:
    wanted = [
        ArtifactFile(
            artifact.pk,
            entry["name"],
            manifests.hex_digest(entry["digest"]),
            entry.get("size") or 0,
        )
        for entry in entries or ()
    ]
    return page([file_node(context(info), artifact, file) for file in wanted], first, after)


@manifest_type.field("file")
def manifest_file(manifest: Manifest, info: Info) -> FileNode:
    request = context(info)
    return FileNode(
        id=gid("ArtifactManifestFile", manifest.pk),
        name="wandb_manifest.json",
        direct_url=request.addresses.blob(manifest.md5, "wandb_manifest.json", "wandb_manifests")
        if manifest.md5
        else None,
        upload_url=request.addresses.manifest(manifest.pk),
    )


@manifest_type.field("digest")
def manifest_digest(manifest: Manifest, _: Info) -> str | None:
    return manifests.base64_digest(manifest.md5) if manifest.md5 else None


@membership_type.field("aliases")
def membership_aliases(place: Membership, info: Info) -> list[dict[str, Any]]:
    db = context(info).db
    return alias_nodes(collections.get(db, place.collection_pk), artifacts.aliases(db, place))


@membership_type.field("artifactCollection")
def membership_collection(place: Membership, info: Info) -> Collection:
    return collections.get(context(info).db, place.collection_pk)


@membership_type.field("artifact")
def membership_artifact(place: Membership, info: Info) -> Artifact:
    return artifacts.get(context(info).db, place.artifact_pk)


@membership_type.field("files")
def membership_files(
    place: Membership,
    info: Info,
    names: list[str] | None = None,
    after: str | None = None,
    first: int | None = None,
) -> dict[str, Any]:
    return _files(context(info), membership_artifact(place, info), names, after, first)


def _files(
    request: Context,
    artifact: Artifact,
    names: list[str] | None,
    after: str | None,
    first: int | None,
) -> dict[str, Any]:
    found = blobs.files(request.db, artifact)
    if names is not None:
        wanted = set(names)
        found = [file for file in found if file.path in wanted]
    begun = page(found, first, after)
    for edge in begun["edges"]:
        edge["node"] = file_node(request, artifact, edge["node"])
    return begun
