"""The wheel of wandb-flyte that a project carries when no package index has this version."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from wandb_flyte._version import __version__

from .sources import digest, read_sources
from .template import templates_folder

_DIST_INFO = ("METADATA", "WHEEL", "entry_points.txt")


def needs_wheel() -> bool:
    """Whether this version came from a checkout, a fork, a file or a URL, and from no index."""
    try:
        installed = distribution("wandb-flyte")
    except PackageNotFoundError:
        return False
    # PEP 610: only an install from somewhere else than an index leaves this file behind.
    return "+" in installed.version or installed.read_text("direct_url.json") is not None


def build_wheel(folder: Path) -> str:
    """Packs the installed package, or the checkout it runs from, into a wheel.

    The same code gives the same bytes. A local version, such as `0.1.0+local.1a2b3c4d`, keeps it
    apart from the release of that number.

    Args:
        folder: Where to put it; made when missing.

    Returns:
        The wheel's file name.
    """
    name, content = _packed()
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return name


@cache
def _packed() -> tuple[str, bytes]:
    """The wheel's name and its bytes: many projects that are updated at once carry the same."""
    installed = distribution("wandb-flyte")
    files = _package_files()
    version = f"{__version__.partition('+')[0]}+local.{digest(files)[:8]}"
    files |= _metadata(installed, version)
    record = f"wandb_flyte-{version}.dist-info/RECORD"
    files[record] = _record(files, record)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as wheel:
        for path in sorted(files, key=lambda path: (".dist-info/" in path, path)):
            entry = zipfile.ZipInfo(path)  # Its date is 1980 and its mode is set: no surprises.
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, files[path])
    return f"wandb_flyte-{version}-py3-none-any.whl", packed.getvalue()


def _package_files() -> dict[str, bytes]:
    package = Path(__file__).resolve().parents[1]
    folders = {"wandb_flyte": package, "wandb_flyte/_templates": templates_folder()}
    return {
        f"{prefix}/{name}": content
        for prefix, folder in folders.items()
        for name, content in read_sources(folder).items()
    }


def _metadata(installed: Distribution, version: str) -> dict[str, bytes]:
    folder = f"wandb_flyte-{version}.dist-info"
    found = {name: installed.read_text(name) for name in _DIST_INFO}
    files = {f"{folder}/{name}": text.encode() for name, text in found.items() if text}
    head, _, rest = (found["METADATA"] or "").partition(f"\nVersion: {installed.version}\n")
    files[f"{folder}/METADATA"] = f"{head}\nVersion: {version}\n{rest}".encode()
    return files


def _record(files: dict[str, bytes], record: str) -> bytes:
    lines = []
    for path in sorted(files):
        found = base64.urlsafe_b64encode(hashlib.sha256(files[path]).digest()).rstrip(b"=")
        lines.append(f"{path},sha256={found.decode()},{len(files[path])}\n")
    return "".join([*lines, f"{record},,\n"]).encode()
