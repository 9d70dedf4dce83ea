"""Where W&B is and with which key, read where wandb itself reads them, without importing it."""

from __future__ import annotations

import configparser
import netrc
import os
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from wandb_flyte.errors import UserError
from wandb_flyte.runtime.backend._identity import TOKEN_FILE

# W&B's own service answers at both; wandb 0.31 made the second one its default.
_WANDB_AI = "https://api.wandb.ai"
_FORGE = "https://api.forge.coreweave.com"
_FORGE_APP = "https://forge.coreweave.com/wandb"


@dataclass(frozen=True)
class Credentials:
    """A W&B server and the key to it.

    Attributes:
        api_url: The server's address.
        app_url: The address of its pages.
        key: The API key; empty for an identity token.
        source: Where it was found: `WANDB_API_KEY`, `WANDB_IDENTITY_TOKEN_FILE`, or a file.
    """

    api_url: str
    app_url: str
    key: str
    source: str


def find_credentials(api_url: str | None = None) -> Credentials | None:
    """The W&B key that wandb would use here, or None when there is none.

    Read as wandb does: `WANDB_API_KEY` or `WANDB_IDENTITY_TOKEN_FILE`, the netrc file's entry for
    the server, the settings files.

    Args:
        api_url: The server; by default the one that wandb would use here.

    Raises:
        UserError: Both variables are set.
    """
    api_url = api_url or base_url()
    key, identity = os.environ.get("WANDB_API_KEY", "").strip(), os.environ.get(TOKEN_FILE, "")
    if key and identity:
        raise UserError(
            f"WANDB_API_KEY and {TOKEN_FILE} are both set, and wandb takes one of them.",
            hint="Unset the one that is not meant.",
        )
    if key or identity:
        source = "WANDB_API_KEY" if key else TOKEN_FILE
        return Credentials(api_url, app_url(api_url), key, source)
    if found := _from_netrc(api_url):
        key, source = found
        return Credentials(api_url, app_url(api_url), key, source)
    if key := _setting("api_key"):
        return Credentials(api_url, app_url(api_url), key, "settings")
    return None


def found_credentials() -> Credentials | None:
    """The same, and None where the environment contradicts itself."""
    try:
        return find_credentials()
    except UserError:
        return None


def base_url() -> str:
    """The W&B server: `WANDB_BASE_URL`, else the settings files' `base_url`, else W&B's own."""
    given = os.environ.get("WANDB_BASE_URL") or _setting("base_url")
    return given.rstrip("/") if given else _default_url()


def app_url(api_url: str) -> str:
    """The address of a server's pages: `WANDB_APP_URL`, else what wandb derives from the API's."""
    if given := os.environ.get("WANDB_APP_URL"):
        return given.rstrip("/")
    if api_url == _FORGE:
        return _FORGE_APP
    if api_url == _WANDB_AI and _default_url() == _FORGE:
        return _FORGE_APP
    if "://api.wandb.test" not in api_url and "://api.wandb." in api_url:
        return api_url.replace("://api.", "://").rstrip("/")
    return api_url.replace("://api.", "://app.").rstrip("/")


def _default_url() -> str:
    try:
        major, minor = metadata.version("wandb").split(".")[:2]
    except (metadata.PackageNotFoundError, ValueError):
        return _FORGE
    return _FORGE if (int(major), int(minor)) >= (0, 31) else _WANDB_AI


def _from_netrc(api_url: str) -> tuple[str, str] | None:
    """The key and its file."""
    path = _netrc_path()
    try:
        entries = netrc.netrc(path)
    except (OSError, netrc.NetrcParseError):
        return None
    hosts = [urlsplit(api_url).netloc]
    if api_url == _FORGE:
        hosts.append(urlsplit(_WANDB_AI).netloc)
    for host in hosts:
        found = entries.authenticators(host)
        if found and found[2]:
            return found[2], str(path)
    return None


def _netrc_path() -> Path:
    if given := os.environ.get("NETRC"):
        return Path(given).expanduser()
    usual = Path("~/.netrc").expanduser()
    other = Path("~/_netrc").expanduser()
    return other if not usual.exists() and other.exists() else usual


def _setting(name: str) -> str:
    """A value of the settings files: those of this folder before those of the user."""
    config_dir = os.environ.get("WANDB_CONFIG_DIR") or "~/.config/wandb"
    root = Path(os.environ.get("WANDB_DIR") or ".")
    folder = root / ".wandb" if (root / ".wandb").exists() else root / "wandb"
    for path in (folder / "settings", Path(config_dir).expanduser() / "settings"):
        parser = configparser.ConfigParser()
        try:
            parser.read(path)
        except (OSError, configparser.Error):
            continue
        if value := parser.get("default", name, fallback="", raw=True):
            return value.strip()
    return ""
