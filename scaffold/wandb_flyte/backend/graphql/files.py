"""The files of runs: where to put one, where to get one."""

from __future__ import annotations

# ruff: noqa: D103 - each function resolves the field that stands above it
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ariadne import MutationType, ObjectType

from wandb_flyte.backend.filepaths import check_file_name
from wandb_flyte.backend.graphql.context import context, resolves, stamp
from wandb_flyte.backend.graphql.pages import page
from wandb_flyte.backend.graphql.runs import named_run
from wandb_flyte.backend.ids import gid, parse_gid
from wandb_flyte.backend.store import File, Run, files, runs

if TYPE_CHECKING:
    from wandb_flyte.backend.graphql.context import Context, Info


mutation = MutationType()
run_type = ObjectType("Run")
file_type = ObjectType("File")
TYPES = (mutation, run_type, file_type)

file_type.set_field("updatedAt", stamp("updated_at"))

file_type.set_alias("sizeBytes", "size")


@resolves(mutation, "createRunFiles")
def create_run_files(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    run = named_run(request.db, given)
    names = [check_file_name(name) for name in given["files"]]
    return {
        "run_id": run.gid,
        "upload_headers": [],
        "files": [_file_or_blank(run, name, None) for name in names],
    }


@mutation.field("markRunFilesUploaded")
def mark_run_files_uploaded(*_: Any, **__: Any) -> dict[str, Any]:
    # A file counts from the moment its upload was answered.
    return {"success": True}


@resolves(mutation, "deleteFiles")
def delete_files(request: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    for reference in given["files"]:
        parts = parse_gid(reference, "File")
        if parts:
            run = runs.get(request.db, int(parts[0]))
            request.orphans.extend(files.delete(request.db, run, [":".join(parts[1:])]))
    return {"success": True}


@run_type.field("fileCount")
def file_count(run: Run, info: Info) -> int:
    return len(files.of_run(context(info).db, run))


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
        found = [_file_or_blank(run, name, files.find(db, run, name)) for name in names]
    else:
        found = files.of_run(db, run)
    if pattern:
        like = _like(pattern)
        found = [file for file in found if like.fullmatch(file.name)]
    return page(found, first, after)


@file_type.field("id")
def file_id(file: File, _: Info) -> str:
    return gid("File", file.run_pk, file.name)


@file_type.field("url")
def url(file: File, info: Info, upload: bool | None = None) -> str:
    return _url(file, info, upload=bool(upload))


@file_type.field("directUrl")
def direct_url(file: File, info: Info) -> str:
    return _url(file, info, upload=False)


@file_type.field("uploadUrl")
def upload_url(file: File, info: Info) -> str:
    return _url(file, info, upload=True)


def _url(file: File, info: Info, *, upload: bool) -> str:
    run = runs.get(context(info).db, file.run_pk)
    return context(info).file_url(run.entity, run.project, run.name, file.name, upload)


def _file_or_blank(run: Run, name: str, found: File | None) -> File:
    return found or File(run.pk, name, 0, "", "", "", run.updated_at)


def _like(pattern: str) -> re.Pattern[str]:
    """MySQL's LIKE: % is any text, _ any one character."""
    parts = {"%": ".*", "_": "."}
    return re.compile("".join(parts.get(char, re.escape(char)) for char in pattern), re.DOTALL)
