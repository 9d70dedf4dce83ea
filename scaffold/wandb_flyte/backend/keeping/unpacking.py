"""An export is a stranger's file: nothing of it is taken before all of it has been checked."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.keeping.checking import check_database
from wandb_flyte.backend.keeping.exporting import FORMAT, FORMAT_VERSION, Progress
from wandb_flyte.errors import UserError, printable

_MANIFEST = "manifest.json"
_DATABASE = "backend.sqlite3"
_ENTRY = re.compile(r"manifest\.json|backend\.sqlite3|files/[0-9a-f]{64}|blobs/[0-9a-f]{32}")
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MOST_MANIFEST = 1 << 20
_CHUNK = 1 << 20


def unpack(source: Path, scratch: Path, progress: Progress) -> Path:
    """Unpack an export into the scratch folder and check all of it; gives its database.

    The database is of this version's tables afterwards.

    Raises:
        UserError: It is no export, a newer one, damaged, or holds what no export would.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entries = _entries(archive)
            _manifest(archive)
            return _unpack(archive, entries, scratch, progress)
    except FileNotFoundError:
        raise UserError(f"there is no file `{source}`.") from None
    except BackendError as error:
        raise _refused(source, error.message) from error
    except sqlite3.Error as error:
        raise _refused(source, f"its database is damaged ({error})") from error
    except (zipfile.BadZipFile, EOFError, ValueError, KeyError, NotImplementedError) as error:
        raise _refused(source, f"it is damaged or no export ({error})") from error
    except (zlib.error, RuntimeError, OverflowError) as error:
        raise _refused(source, f"it is damaged ({error})") from error
    except OSError as error:
        raise UserError(f"`{source}` can't be read: {error.strerror}.") from error


def _refused(source: Path, why: str) -> UserError:
    why = printable(why.removesuffix("."))
    return UserError(f"`{source}` can't be imported: {why}.", hint="Nothing was imported.")


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    strange = next((name for name in names if not _ENTRY.fullmatch(name)), None)
    if strange is not None:
        raise BackendError(f"it holds `{strange[:100]}`, which no export does")
    if len(set(names)) != len(names) or not {_MANIFEST, _DATABASE} <= set(names):
        raise BackendError("it is no export of a local backend")
    for entry in entries:
        if entry.compress_type not in _PACKED:
            raise BackendError(f"`{entry.filename}` is packed in a way that no export is")
    return [entry for entry in entries if entry.filename != _MANIFEST]


def _manifest(archive: zipfile.ZipFile) -> None:
    if archive.getinfo(_MANIFEST).file_size > _MOST_MANIFEST:
        raise ValueError("its manifest is too large")
    manifest = json.loads(archive.read(_MANIFEST))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError("its manifest is another program's")
    version = manifest.get("version")
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise ValueError("a newer wandb-flyte made it: upgrade wandb-flyte")


def _unpack(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], scratch: Path, progress: Progress
) -> Path:
    total, done = sum(entry.file_size for entry in entries), 0
    free = shutil.disk_usage(scratch).free
    if total > free * 0.9:
        raise UserError(f"it needs {total:,} bytes, and `{scratch.parent}` has {free:,} left.")

    def count(more: int) -> None:
        nonlocal done
        done += more
        progress(done, total)

    # The database first: nothing is written that it does not name.
    database = _extract(archive, _DATABASE, scratch, count)
    named = check_database(database)
    names = [entry.filename for entry in entries if entry.filename != _DATABASE]
    for name in names:
        if name not in named:
            raise BackendError(f"it holds `{name}`, which its database does not name")
    for kind in ("files", "blobs"):
        (scratch / kind).mkdir()
    for name in names:
        if _md5(_extract(archive, name, scratch, count)) != named[name].md5:
            raise BackendError(
                f"the bytes of `{named[name].name}` are not the ones that were stored"
            )
    return database


def _extract(
    archive: zipfile.ZipFile, name: str, scratch: Path, count: Callable[[int], None]
) -> Path:
    # Reading ends at the size that the entry declares.
    with archive.open(name) as packed, (scratch / name).open("wb") as file:
        while chunk := packed.read(_CHUNK):
            file.write(chunk)
            count(len(chunk))
    return scratch / name


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
