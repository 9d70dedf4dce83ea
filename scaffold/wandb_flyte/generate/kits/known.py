"""The kits that a machine knows: its default one, and those that were fetched from URLs."""

from __future__ import annotations

from dataclasses import dataclass

from wandb_flyte.errors import UserError

from .fetch import cached_repository, cached_sources
from .manifest import FILE, read_manifest
from .source import default_kit, parse_source


@dataclass(frozen=True)
class KnownKit:
    """A kit that a machine knows.

    Attributes:
        source: Where it comes from.
        name: Its name, empty when its newest version is no kit.
        versions: Its versions, oldest first, as they were last fetched.
        default: What says that it is the default, empty when nothing does.
    """

    source: str
    name: str
    versions: tuple[str, ...]
    default: str = ""


def known_kits() -> tuple[KnownKit, ...]:
    """The default kit, and those in the cache. Nothing is fetched from the network.

    Raises:
        UserError: A config file can't be read.
    """
    default = default_kit()
    chosen = parse_source(default.text) if default else None
    sources = cached_sources()
    if chosen is not None and chosen.location not in {source.location for source in sources}:
        sources = [chosen, *sources]
    found = []
    for source in sources:
        where = default.where if default and chosen and chosen.location == source.location else ""
        name = ""
        versions: tuple[str, ...] = ()
        try:
            with cached_repository(source) as repository:
                versions = tuple(version.removeprefix("v") for version in repository.versions())
                name = _name(repository.file(repository.resolve("")[1], FILE))
        except UserError:
            pass  # It is listed all the same: what is wrong with it, `kit show` says.
        if name or versions or where:  # Else a fetch failed, and left an empty repository.
            found.append(KnownKit(source.location, name, versions, where))
    return tuple(found)


def _name(content: bytes) -> str:
    return read_manifest(content)[0].name
