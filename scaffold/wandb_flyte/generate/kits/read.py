"""Reads a version of a kit, and the kits that it extends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wandb_flyte.errors import Finding, InvalidInput, UserError

from ..sources import digest
from .blocks import read_blocks
from .fetch import Repository, open_repository
from .inspect import check_files, check_starters
from .manifest import FILE, line_of, read_manifest
from .model import Kit
from .records import Record
from .source import Source, default_kit, parse_source

_DEEPEST = 5


@dataclass(frozen=True)
class Chain:
    """Kits, each on the one before it.

    Attributes:
        kits: The kits, the one that builds on all others last.
        notes: What the user should know about where they came from.
    """

    kits: tuple[Kit, ...] = ()
    notes: tuple[str, ...] = ()


def read_chain(source: Source, at_least: Sequence[Record] = ()) -> Chain:
    """A kit, and the kits that it builds on.

    Args:
        source: The kit.
        at_least: Versions that are not gone back from, unless an older one is asked for.

    Raises:
        UserError: One of them can't be fetched, or is none.
    """
    kits: list[Kit] = []
    notes: list[str] = []
    wanted: Source | None = source
    while wanted is not None:
        with open_repository(wanted) as repository:
            version, commit = _not_before(repository, at_least)
            kit = read_kit(repository, version, commit)
            notes += [repository.note] if repository.note else []
        if any(kit.name == other.name for other in kits) or len(kits) == _DEEPEST:
            names = " on ".join(f"`{other.name}`" for other in (*kits, kit))
            raise UserError(f"Kits can't build on each other in a circle, or so deep: {names}.")
        kits.append(kit)
        wanted = extended_source(kit, wanted)
    return Chain(tuple(reversed(kits)), tuple(notes))


def wanted_kits(text: str | None) -> Chain:
    """The kits of a new project.

    Args:
        text: The kit, as `URL[@VERSION]`; this machine's default one when None, none when empty.

    Raises:
        UserError: One of them can't be fetched, or is none.
    """
    if text:
        return read_chain(parse_source(text))
    default = default_kit() if text is None else None
    if default is None:
        return Chain()
    chain = read_chain(parse_source(default.text))
    note = f"With the kit {chain.kits[-1].name} {chain.kits[-1].version}, as {default.where} says."
    return Chain(chain.kits, (note, *chain.notes))


def read_recorded(records: Sequence[Record]) -> tuple[Kit, ...]:
    """The kits that a project records, in the versions that made it.

    Raises:
        UserError: One can't be had any more, or is not what it was.
    """
    kits = []
    for record in records:
        source = parse_source(record.source)
        with open_repository(source, needs=record.commit) as repository:
            if repository.commit(record.commit) is None:
                raise UserError(
                    f"The kit `{record.name}` {record.version} is not at `{record.source}`: it has "
                    f"no commit `{record.commit[:12]}`.",
                    hint="Ask who keeps the kit: a version that made projects has to stay.",
                )
            kit = read_kit(repository, record.version, record.commit)
        if f"sha256:{kit.digest}" != record.digest:
            raise UserError(
                f"The kit `{record.name}` {record.version} is not the one that made this project: "
                "its files have another hash."
            )
        kits.append(kit)
    return tuple(kits)


def read_kit(repository: Repository, version: str, commit: str) -> Kit:
    """One version of a kit.

    Raises:
        InvalidInput: It is none, or one that could do harm; it has all that is wrong.
    """
    try:
        files = repository.read(commit)
        kit = kit_from(files.contents, repository.source, version, commit)
        return replace(kit, executables=files.executables)
    except InvalidInput as error:
        place = f"{repository.source.location}@{version}"
        raise InvalidInput(
            [replace(found, file=f"{place}: {found.file or FILE}") for found in error.findings]
        ) from error


def kit_from(files: Mapping[str, bytes], source: Source, version: str, commit: str) -> Kit:
    """A kit from its files.

    Raises:
        InvalidInput: It is none, or one that could do harm; it has all that is wrong.
    """
    if FILE not in files:
        raise InvalidInput([Finding("It is missing, so this is no kit.", file=FILE)])
    manifest, findings = read_manifest(files[FILE])
    blocks, wrong = read_blocks(_below(files, "blocks/"))
    findings = [*findings, *wrong, *check_files(files), *check_starters(files)]
    if findings:
        raise InvalidInput(findings)
    return Kit(source.location, version, commit, digest(files), manifest, blocks, files)


def _not_before(repository: Repository, records: Sequence[Record]) -> tuple[str, str]:
    """The wanted version, or a recorded one that is newer than the newest tag."""
    source = repository.source
    version, commit = repository.resolve(source.version)
    for record in records:
        known = record.source == source.location and not source.version
        if (
            known
            and repository.commit(record.commit)
            and repository.builds_on(record.commit, commit)
        ):
            return record.version, record.commit
    return version, commit


def extended_source(kit: Kit, source: Source) -> Source | None:
    """Where the kit comes from that a kit builds on, None when it builds on none.

    Raises:
        InvalidInput: It is no source, or a path in a kit from a URL.
    """
    if not kit.manifest.extends:
        return None
    extended = parse_source(
        kit.manifest.extends, base=source.base or source.path if source.local else None
    )
    if extended.local and not source.local:
        message = f"`{kit.manifest.extends}` is a path, and the kit comes from a URL."
        line = line_of(kit.files[FILE], "extends")
        file = f"{source.location}: {FILE}"
        raise InvalidInput([Finding(message, "Extend a kit at a URL.", file, line, "extends")])
    return extended


def _below(files: Mapping[str, bytes], start: str) -> dict[str, bytes]:
    return {
        name.removeprefix(start): content
        for name, content in files.items()
        if name.startswith(start)
    }
