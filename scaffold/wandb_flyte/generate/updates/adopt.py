"""The template that a project's own wheel carries, for a version that is in no release.

A project that a checkout made names a commit that only the bundle on that machine has. The same
template is in the wheel that the project carries, and the same files make the same commit.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from wandb_flyte.errors import UserError
from wandb_flyte.generate.paths import check_names
from wandb_flyte.generate.template import install_template

from .history import History

_PREFIX = "wandb_flyte/_templates/"
_LARGEST = 50_000_000


def adopt_from_wheel(history: History, wheel: Path, scratch: Path) -> Path | None:
    """Adds the template in a wheel to a history, not to the user's bundle.

    Args:
        history: What to add it to.
        wheel: The wheel.
        scratch: An empty folder, in use as long as the bundle is.

    Returns:
        The bundle it was added from, or None when the wheel holds no template.
    """
    templates, bundle = scratch / "templates", scratch / "wheel.bundle"
    try:
        with zipfile.ZipFile(wheel) as archive:
            _extract(archive, templates, f"`wheels/{wheel.name}`")
    except (OSError, zipfile.BadZipFile):
        return None
    if not (templates / "project" / "copier.yml").is_file():
        return None
    install_template(templates, bundle)
    history.add(bundle)
    return bundle


def _extract(archive: zipfile.ZipFile, folder: Path, source: str) -> None:
    entries = {
        entry.filename.removeprefix(_PREFIX): entry
        for entry in archive.infolist()
        if entry.filename.startswith(_PREFIX) and not entry.is_dir()
    }
    check_names(entries, source)
    if sum(entry.file_size for entry in entries.values()) > _LARGEST:
        raise UserError(f"{source} holds a template of more than {_LARGEST:,} bytes.")
    for name, entry in entries.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive.read(entry))
