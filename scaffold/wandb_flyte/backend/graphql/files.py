"""The files of runs: where to put one, where to get one."""

from __future__ import annotations

# ruff: noqa: D103 - each function resolves the field that stands above it
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import re2
from ariadne import MutationType, ObjectType

from wandb_flyte.backend import trials
from wandb_flyte.backend.filepaths import check_file_name
from wandb_flyte.backend.graphql.context import context, resolves
from wandb_flyte.backend.graphql.pages import page
from wandb_flyte.backend.graphql.runs import named_run
from wandb_flyte.backend.ids import gid, parse_gid, parse_pk
from wandb_flyte.backend.store import File, Run, files, runs
from wandb_flyte.backend.store.models import timestamp

if TYPE_CHECKING:
    from wandb_flyte.backend.graphql.context import Context, Info
    from wandb_flyte.backend.store.artifact_models import Artifact


mutation = MutationType()
run_type = ObjectType("Run")
file_type = ObjectType("File")
TYPES = (mutation, run_type, file_type)


@dataclass(frozen=True)
class FileNode:
    """A file of a run or of an artifact, as the API describes it."""

    id: str
    name: str
    direct_url: str | None = None
    upload_url: str | None = None
    size_bytes: int = 0
    mimetype: str | None = None
    updated_at: str | None = None
    md5: str | None = None
    digest: str | None = None
    storage_path: str | None = None
    artifact: Artifact | None = None
    upload_headers: tuple[str, ...] = ()

    @property
    def display_name(self) -> str:
        """The name again."""
        return self.name


file_type.set_alias("md5", "md5")


@file_type.field("url")
def url(node: FileNode, _: Info, upload: bool | None = None) -> str | None:
    return node.upload_url if upload else node.direct_url


@resolves(mutation, "createRunFiles")
def create_run_files(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    run = trials.check_agent(request.db, named_run(request.db, given), request.agent)
    names = [check_file_name(name) for name in given["files"]]
    return {
        "run_id": run.gid,
        "upload_headers": [],
        "files": [_node(request, run, _file_or_blank(run, name, None)) for name in names],
    }


@mutation.field("markRunFilesUploaded")
def mark_run_files_uploaded(*_: Any, **__: Any) -> dict[str, Any]:
    # A file counts from the moment its upload was answered.
    return {"success": True}


@resolves(mutation, "deleteFiles")
def delete_files(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    for reference in given["files"]:
        run_pk, parts = parse_pk(reference, "File"), parse_gid(reference, "File")
        # A file that went with its run is deleted already.
        if run_pk is not None and parts and runs.exists(request.db, run_pk):
            run = runs.get(request.db, run_pk)
            request.orphans.extend(files.delete(request.db, run, [":".join(parts[1:])]))
    return {"success": True}


@run_type.field("fileCount")
def file_count(run: Run, info: Info) -> int:
    # With those that the client asks for by name, as `files` has them. A run without any file would
    # else have wandb.restore() say nothing, where it raises for a run that has others.
    given: Any = info.variable_values
    # graphql-core has had them in an object since 3.3, in a dict before.
    asked = getattr(given, "coerced", given).get("fileNames") or []
    return len({file.name for file in files.of_run(context(info).db, run)} | set(asked))


@run_type.field("files")
def run_files(
    run: Run,
    info: Info,
    names: list[str] | None = None,
    after: str | None = None,
    first: int | None = None,
    pattern: str | None = None,
) -> dict[str, Any]:
    db = context(info).db
    if names:
        # A file asked for by name is described even when it is not there: its size is 0.
        checked = [check_file_name(name) for name in names]
        found = [_file_or_blank(run, name, files.find(db, run, name)) for name in checked]
    else:
        found = files.of_run(db, run)
    if pattern:
        like = _like(pattern)
        found = [file for file in found if like.fullmatch(file.name)]
    return page([_node(context(info), run, file) for file in found], first, after)


def _node(request: Context, run: Run, file: File) -> FileNode:
    path = (run.entity, run.project, run.name, file.name)
    return FileNode(
        id=gid("File", file.run_pk, file.name),
        name=file.name,
        direct_url=request.addresses.run_file(path, upload=False),
        upload_url=request.addresses.run_file(path, upload=True),
        size_bytes=file.size,
        mimetype=file.mimetype,
        updated_at=timestamp(file.updated_at),
        md5=file.md5,
    )


def _file_or_blank(run: Run, name: str, found: File | None) -> File:
    # The client takes an md5 of "0" for "there is no such file".
    return found or File(run.pk, name, 0, "0", "", "", run.updated_at)


def _like(pattern: str) -> re2._Regexp:
    """MySQL's LIKE: % is any text, _ any one character."""
    parts = {"%": ".*", "_": "."}
    return re2.compile("(?s)" + "".join(parts.get(char, re2.escape(char)) for char in pattern))
