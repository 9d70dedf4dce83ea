"""Where kits come from: `URL[@VERSION]`, and which one is a machine's or a company's default."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from wandb_flyte._toml import NotToml, read_toml
from wandb_flyte.errors import Finding, InvalidInput, UserError

from ..names import show

VARIABLE = "WANDB_FLYTE_KIT"
CONFIG_FILES = (Path("~/.wandb-flyte/config.toml"), Path("/etc/wandb-flyte/config.toml"))

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._+-]{0,99}")
_URL = re.compile(r"(https|ssh)://(?P<user>(?!-)[^/@\s]*@)?[0-9A-Za-z\[][^\s\\]*")
_HELPER = re.compile(r"[0-9A-Za-z+.-]*::")
_FILE = re.compile(r"file://(localhost)?(?P<path>/[^?#]*)")
_SSH = re.compile(r"([0-9A-Za-z_.-]+@)?[0-9A-Za-z][0-9A-Za-z.-]*:(?!:)[^\s\\]+")


@dataclass(frozen=True)
class Source:
    """Where a kit comes from.

    Attributes:
        location: A git URL, or the path of a repository or of a bundle.
        version: The wanted version; the newest when empty.
        base: What relative paths in its `extends` start from, by default its own path.
    """

    location: str
    version: str = ""
    base: Path | None = None

    @property
    def local(self) -> bool:
        """Whether it is a path on this machine."""
        return self.location.startswith(("/", "~"))

    @property
    def path(self) -> Path:
        """The path, of a local one."""
        return Path(self.location).expanduser()

    def __str__(self) -> str:
        return f"{self.location}@{self.version}" if self.version else self.location


@dataclass(frozen=True)
class DefaultKit:
    """The kit of projects that name none.

    Attributes:
        text: The kit, as `URL[@VERSION]`.
        where: What says so.
    """

    text: str
    where: str


def parse_source(text: str, base: Path | None = None) -> Source:
    """Reads `URL[@VERSION]`.

    Args:
        text: A git URL, or a path of a repository or of a bundle.
        base: The folder that relative paths start from, by default the current one.

    Raises:
        InvalidInput: It is neither, or a URL of a kind that can run programs.
    """
    head, _, tail = text.rpartition("@")
    if head and _VERSION.fullmatch(tail):
        return replace(parse_source(head, base), version=tail)
    if not text or not text.isprintable() or text.startswith("-"):
        raise _refused(text, "is no kit")
    if _HELPER.match(text):
        raise _refused(text, "names a program for git to run")
    if found := _URL.fullmatch(text):
        if ":" in (found["user"] or ""):
            shown = text.replace(found["user"], "…@")
            raise InvalidInput(
                [
                    Finding(
                        f"`{show(shown)}` holds a password, and a project records its kits.",
                        "Leave it out: git asks its credential helper.",
                    )
                ]
            )
        return Source(text)
    if found := _FILE.fullmatch(text):
        return Source(portable(Path(unquote(found["path"])).resolve()))
    if "://" in text:
        raise _refused(text, "is no `https://`, `ssh://` or `file://` URL")
    path = Path(text).expanduser()
    path = path if path.is_absolute() else (base or Path.cwd()) / path
    if _SSH.fullmatch(text) and not path.exists():
        return Source(text)
    return Source(portable(path.resolve()))


def portable(path: Path) -> str:
    """A path that means the same in another home, where that is possible."""
    home = Path.home().resolve()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def default_kit(files: tuple[Path, ...] = CONFIG_FILES) -> DefaultKit | None:
    """The kit that this machine or this user starts projects with, if any.

    Args:
        files: The config files, the one that wins first.

    Raises:
        UserError: A config file can't be read.
    """
    if (named := os.environ.get(VARIABLE)) is not None:
        return DefaultKit(named, VARIABLE) if named else None
    for file in files:
        if (text := _configured(file.expanduser())) is not None:
            return DefaultKit(text, str(file)) if text else None
    return None


def _configured(file: Path) -> str | None:
    try:
        loaded, _ = read_toml(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UserError(f"`{file}` can't be read: {error.strerror or error}.") from error
    except NotToml as error:
        raise UserError(f"`{file}` can't be read: {error.message}") from error
    text = loaded.get("kit")
    if text is not None and not isinstance(text, str):
        raise InvalidInput([Finding(f"`{text}` is no kit.", _HINT, str(file), path="kit")])
    return text


_HINT = "Give a git URL (`https://…`, `ssh://…`, `git@host:…`), a folder or a bundle."


def _refused(text: str, why: str) -> InvalidInput:
    return InvalidInput([Finding(f"The kit `{show(text)}` {why}.", _HINT)])
