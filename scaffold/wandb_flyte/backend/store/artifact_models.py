"""The rows of artifacts as frozen objects."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from wandb_flyte.backend.ids import gid
from wandb_flyte.backend.store.models import Row


@dataclass(frozen=True)
class ArtifactType(Row):
    """A type of artifacts, such as `dataset`; a project has its own ones."""

    pk: int
    project_pk: int
    name: str
    description: str | None
    created_at: float

    SELECT = "SELECT id, project_id, name, description, created_at FROM artifact_types"

    @property
    def gid(self) -> str:
        """Its opaque id."""
        return gid("ArtifactType", self.pk)


@dataclass(frozen=True)
class Collection(Row):
    """The versions of one artifact (a sequence), or links to such versions (a portfolio)."""

    pk: int
    project_pk: int
    entity: str
    project: str
    name: str
    type: str
    is_portfolio: bool
    description: str | None
    tags_text: str
    next_version: int
    created_at: float
    updated_at: float

    SELECT = (
        "SELECT collections.id, collections.project_id, projects.entity, projects.name,"
        " collections.name, artifact_types.name, is_portfolio, collections.description, tags,"
        " next_version, collections.created_at, updated_at FROM collections"
        " JOIN projects ON projects.id = collections.project_id"
        " JOIN artifact_types ON artifact_types.id = type_id"
    )

    @property
    def gid(self) -> str:
        """Its opaque id."""
        return gid("ArtifactCollection", self.pk)

    @cached_property
    def tags(self) -> list[str]:
        """Its tags."""
        tags: list[str] = json.loads(self.tags_text)
        return tags


@dataclass(frozen=True)
class Artifact(Row):
    """One version of an artifact, in the sequence it was logged to; metadata is JSON text."""

    pk: int
    collection_pk: int
    run_pk: int | None
    state: str
    version: int | None
    digest: str
    description: str | None
    metadata: str | None
    tags_text: str
    aliases_text: str
    ttl_seconds: int | None
    history_step: int | None
    client_id: str | None
    distributed_id: str | None
    size: int
    file_count: int
    created_at: float
    updated_at: float

    SELECT = (
        "SELECT artifacts.id, artifacts.collection_id, artifacts.run_id, artifacts.state,"
        " artifacts.version, artifacts.digest, artifacts.description, metadata, tags, aliases,"
        " ttl_seconds, history_step, client_id, distributed_id, size, file_count,"
        " artifacts.created_at, artifacts.updated_at FROM artifacts"
    )

    @property
    def gid(self) -> str:
        """Its opaque id."""
        return gid("Artifact", self.pk)

    @cached_property
    def tags(self) -> list[str]:
        """Its tags."""
        tags: list[str] = json.loads(self.tags_text)
        return tags

    @cached_property
    def wanted_aliases(self) -> list[str]:
        """The aliases that it gets once it is complete."""
        aliases: list[str] = json.loads(self.aliases_text)
        return aliases


@dataclass(frozen=True)
class Membership(Row):
    """An artifact's place in a collection."""

    pk: int
    collection_pk: int
    artifact_pk: int
    version: int
    created_at: float

    SELECT = (
        "SELECT memberships.id, memberships.collection_id, memberships.artifact_id,"
        " memberships.version, memberships.created_at FROM memberships"
    )

    @property
    def gid(self) -> str:
        """Its opaque id."""
        return gid("ArtifactCollectionMembership", self.pk)


@dataclass(frozen=True)
class Manifest(Row):
    """What an artifact holds, or one writer's part of it; `md5` is that of the uploaded JSON.

    `kind` is `FULL`, `INCREMENTAL` (changes to the artifact `base_pk`), or `PATCH` (one of the
    parts of a distributed artifact).
    """

    pk: int
    artifact_pk: int
    base_pk: int | None
    kind: str
    md5: str | None

    SELECT = "SELECT id, artifact_id, base_id, kind, md5 FROM manifests"

    @property
    def gid(self) -> str:
        """Its opaque id."""
        return gid("ArtifactManifest", self.pk)


@dataclass(frozen=True)
class ArtifactFile(Row):
    """A file of an artifact; `md5` in hex names its bytes."""

    artifact_pk: int
    path: str
    md5: str
    size: int

    SELECT = "SELECT artifact_id, path, md5, size FROM artifact_files"
