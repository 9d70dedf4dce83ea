"""What happens to an artifact: begun, completed, linked, deleted.

wandb-core saves one in steps: createArtifact, createArtifactManifest, createArtifactFiles with the
uploads, the manifest's upload, commitArtifact. Each step sent twice changes nothing more.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wandb_flyte.backend import manifests
from wandb_flyte.backend.errors import BackendError, NotFound
from wandb_flyte.backend.store import Project, artifacts, blobs, collections, projects, runs
from wandb_flyte.backend.store.artifact_models import Artifact, Collection, Membership
from wandb_flyte.backend.store.runs import tags_text

COMMITTED = "COMMITTED"
_TAG = re.compile(r"[-\w]+([ ]+[-\w]+)*")
_MOST_NAME = 128


def begin(db: sqlite3.Connection, given: Mapping[str, Any]) -> Artifact:
    """Begin an artifact, or find the one that has this content already.

    Args:
        db: The writer's connection.
        given: `CreateArtifactInput`, its names in snake case.

    Raises:
        BackendError: The name belongs to another type of artifact, or a tag can't be one.
    """
    given = {name: value for name, value in given.items() if value is not None}
    names = given.get("artifact_collection_names") or [given.get("artifact_collection_name") or ""]
    project = projects.ensure(db, given["entity_name"], given.get("project_name"))
    sequence = _sequence(db, project, names[0], given["artifact_type_name"])
    run = runs.find(db, project, given["run_name"]) if given.get("run_name") else None
    aliases = [check_alias(item["alias"]) for item in given.get("aliases", ())]
    found = _known(db, sequence, given)
    if found is None:
        found = artifacts.insert(
            db,
            sequence,
            run_id=run.pk if run else None,
            digest=given["digest"],
            description=given.get("description"),
            metadata=given.get("metadata"),
            tags=tags_text(check_tags(given.get("tags", ()))),
            aliases=json.dumps(aliases),
            ttl_seconds=given.get("ttl_duration_seconds"),
            history_step=given.get("history_step"),
            client_id=given.get("client_id"),
            distributed_id=given.get("distributed_id"),
        )
    if run is not None:
        artifacts.note_run(db, run, found, used=False)
    if found.state == COMMITTED:
        place, _ = artifacts.join_collection(db, sequence, found)
        artifacts.add_aliases(db, place, [artifacts.LATEST, *aliases])
    return found


def commit(db: sqlite3.Connection, folder: Path, artifact: Artifact) -> Artifact:
    """Complete the artifact: it becomes the newest version of its sequence.

    Raises:
        BackendError: Its manifest, or a file that it names, did not come.
    """
    if artifact.state == COMMITTED:
        return artifact
    content = _content(db, folder, artifact)
    files = content.files(artifact.pk)
    for file in files:
        if blobs.bringer(db, file.md5) is None:
            raise BackendError(f"the file `{file.path}` of the artifact was not uploaded")
    blobs.set_files(db, artifact, files)
    place, _ = artifacts.join_collection(db, collections.get(db, artifact.collection_pk), artifact)
    artifacts.add_aliases(db, place, artifact.wanted_aliases)
    done: dict[str, Any] = {"state": COMMITTED, "version": place.version}
    done |= {"size": content.size, "file_count": len(content.entries)}
    return artifacts.update(db, artifact, done)


def link(
    db: sqlite3.Connection, project: Project, name: str, artifact: Artifact, aliases: Sequence[str]
) -> Membership:
    """Link the artifact to a portfolio, which is made when it does not exist.

    Raises:
        BackendError: The artifact is not complete, or the name belongs to something else.
    """
    if artifact.state != COMMITTED:
        raise BackendError("an artifact can't be linked before it is complete")
    source = collections.get(db, artifact.collection_pk)
    kind = collections.ensure_type(db, project, source.type)
    portfolio = collections.find_named(db, project, name) or collections.insert(
        db, project, kind, name, is_portfolio=True
    )
    if not portfolio.is_portfolio:
        raise BackendError(f"`{name}` is an artifact of its own: nothing can be linked to it")
    if portfolio.type != source.type:
        raise BackendError(
            f"`{name}` links artifacts of type `{portfolio.type}`, not `{source.type}`"
        )
    place, _ = artifacts.join_collection(db, portfolio, artifact)
    artifacts.add_aliases(db, place, [check_alias(alias) for alias in aliases])
    return place


def delete(db: sqlite3.Connection, artifact: Artifact, *, with_aliases: bool) -> list[str]:
    """Delete the artifact; gives the bytes that belong to nothing any more.

    Raises:
        BackendError: Aliases mean it, and it was not said that they may go.
    """
    places = artifacts.memberships(db, artifact)
    named = sorted({alias for place in places for alias in artifacts.aliases(db, place)})
    if named and not with_aliases:
        raise BackendError(f"the artifact has the aliases {', '.join(f'`{a}`' for a in named)}")
    held = blobs.of_artifacts(db, [artifact.pk])
    for place in places:
        artifacts.leave_collection(db, place)
    artifacts.delete(db, artifact)
    return blobs.drop_unused(db, held)


def delete_collection(db: sqlite3.Connection, collection: Collection) -> list[str]:
    """Delete the collection, and what was logged to it; gives the bytes without an owner."""
    logged = artifacts.logged_to(db, collection)
    held = blobs.of_artifacts(db, [artifact.pk for artifact in logged])
    for artifact in logged:
        for place in artifacts.memberships(db, artifact):
            artifacts.leave_collection(db, place)
    collections.delete(db, collection)
    return blobs.drop_unused(db, held)


def check_alias(alias: str) -> str:
    """The alias itself, when it can be one.

    Raises:
        BackendError: It can't.
    """
    if not alias or len(alias) > _MOST_NAME or any(char in alias for char in "/:"):
        raise BackendError(f"alias `{alias[:140]}` is not allowed: 1 to 128 characters, no / or :")
    return alias


def check_tags(given: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of the tags, when they can be ones.

    Raises:
        BackendError: One can't.
    """
    names = [str(tag["tag_name"]) for tag in given]
    for name in names:
        if len(name) > _MOST_NAME or not _TAG.fullmatch(name):
            raise BackendError(f"tag `{name[:140]}` is not allowed: letters, digits, - and spaces")
    return names


def _sequence(db: sqlite3.Connection, project: Project, name: str, kind: str) -> Collection:
    found = collections.find_named(db, project, name)
    if found is None:
        made = collections.ensure_type(db, project, kind)
        return collections.insert(db, project, made, name, is_portfolio=False)
    if found.is_portfolio:
        raise BackendError(f"`{name}` holds links only: an artifact can't be logged to it")
    if found.type != kind:
        raise BackendError(f"artifact `{name}` already exists with type `{found.type}`")
    return found


def _known(
    db: sqlite3.Connection, sequence: Collection, given: Mapping[str, Any]
) -> Artifact | None:
    if given.get("client_id") and (found := artifacts.find_by_client(db, given["client_id"])):
        return found
    if shared := given.get("distributed_id"):
        return artifacts.find_distributed(db, sequence, shared)
    if given.get("enable_digest_deduplication"):
        return artifacts.find_by_digest(db, sequence, given["digest"])
    return None


def _content(db: sqlite3.Connection, folder: Path, artifact: Artifact) -> manifests.Content:
    """What the artifact holds, all its manifests together; it then has one full manifest."""
    parts = blobs.manifests(db, artifact)
    if not parts:
        raise BackendError("the artifact's manifest was not uploaded")
    if parts[-1].kind == manifests.FULL:
        return manifests.load(folder, parts[-1].md5 or "")
    whole = manifests.Content()
    base = artifacts.find(db, parts[0].base_pk) if parts[0].base_pk else None
    if parts[0].kind == manifests.INCREMENTAL and base is not None:
        whole = current(db, folder, base)
    for part in parts:
        whole = manifests.load(folder, part.md5 or "").over(whole)
    md5, size = manifests.save(folder, whole)
    blobs.note(db, md5, size, artifact.pk)
    blobs.fill_manifest(db, blobs.add_manifest(db, artifact, manifests.FULL, None), md5)
    return whole


def current(db: sqlite3.Connection, folder: Path, artifact: Artifact) -> manifests.Content:
    """What the complete artifact holds."""
    parts = blobs.manifests(db, artifact)
    return manifests.load(folder, parts[-1].md5 or "") if parts else manifests.Content()


def reference(db: sqlite3.Connection, project: Project, name: str) -> Membership | None:
    """The place that `name:alias`, `name:v3` or a bare `name` means in the project, or None."""
    collection_name, _, alias = name.partition(":")
    collection = collections.find_named(db, project, collection_name)
    if collection is None:
        return None
    return artifacts.membership(db, collection, alias or artifacts.LATEST)


def named(db: sqlite3.Connection, given: Mapping[str, Any]) -> Collection:
    """The collection that entity, project and collection name mean.

    Raises:
        NotFound: There is none.
    """
    project = projects.find(db, given.get("entity_name"), given.get("project_name"))
    name = given["artifact_collection_name"]
    found = collections.find_named(db, project, name) if project else None
    if found is None:
        raise NotFound(f"artifact `{name}` does not exist")
    return found
