"""Where the server listens, with which key, and what that asks of every request."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from wandb_flyte.backend import auth
from wandb_flyte.backend.graphql.execute import errors_answer
from wandb_flyte.backend.requests import answer
from wandb_flyte.errors import UserError

LOOPBACK = "127.0.0.1"
ENV_KEY = "WANDB_FLYTE_LOCAL_KEY"
# What wandb's own client takes for a key: it refuses shorter ones before it sends anything.
_KEY = re.compile(r"[A-Za-z0-9_-]{40,200}")
_MAKE_ONE = f"Set one: export {ENV_KEY}=local-$(openssl rand -hex 20)"


@dataclass(frozen=True)
class Address:
    """An address to listen on.

    Attributes:
        host: As the user gave it.
        ip: The address that it means.
        family: IPv4 or IPv6.
    """

    host: str = LOOPBACK
    ip: str = LOOPBACK
    family: socket.AddressFamily = socket.AF_INET

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return ipaddress.ip_address(self.ip).is_loopback

    def url(self, port: int) -> str:
        """How this machine reaches it."""
        ip = ipaddress.ip_address(self.ip)
        if ip.is_unspecified:
            ip = ipaddress.ip_address(LOOPBACK if ip.version == 4 else "::1")
        return f"http://[{ip}]:{port}" if ip.version == 6 else f"http://{ip}:{port}"


def address(host: str) -> Address:
    """The address that the name or number means.

    Raises:
        UserError: It means none.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UserError(
            f"`{host}` is no address of this machine.",
            hint="Give --host an IP address of this machine, or 0.0.0.0 for all of them.",
        ) from None
    family, _, _, _, place = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return Address(host, str(place[0]), family)


def users_key(where: Address) -> str | None:
    """The key that the user set for the server; None when the server may have one of its own.

    Raises:
        UserError: It is no key, or there has to be one and is none.
    """
    key = os.environ.get(ENV_KEY, "")
    if key and not _KEY.fullmatch(key):
        raise UserError(
            f"{ENV_KEY} is no key that wandb takes: 40 to 200 letters, digits, `-` and `_`.",
            hint=_MAKE_ONE,
        )
    if not key and not where.is_loopback:
        raise UserError(
            f"Listening on `{where.host}`, which other machines reach, needs a key of yours.",
            hint=_MAKE_ONE,
        )
    return key or None


def _forbidden(why: str) -> Response:
    return answer(errors_answer(403, why).body, 403)


class LoopbackOnly:
    """Refuses what was not addressed to this machine's loopback interface."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and not auth.is_loopback(Request(scope).headers.get("host")):
            await _forbidden("this server answers to loopback names only")(scope, receive, send)
            return
        await self._app(scope, receive, send)


class OwnPages:
    """Refuses what a page of another server has the browser ask: it sends the user's login along.

    Browsers name the page's server in `Origin` and `Sec-Fetch-Site`; other clients send neither.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            headers = Request(scope).headers
            origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
            own = origin is None or urlsplit(origin).netloc == headers.get("host")
            if not own or site not in ("same-origin", "none"):
                await _forbidden("this came from another server's page")(scope, receive, send)
                return
        await self._app(scope, receive, send)


class KeyNeeded:
    """Shows pages only to whoever gives the key; a browser asks for it as a password."""

    def __init__(self, app: ASGIApp, authenticate: auth.Authenticate) -> None:
        self._app = app
        self._authenticate = authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            given = auth.given_key(Request(scope).headers.get("authorization"))
            if self._authenticate(given) is None:
                refusal = Response(
                    "The pages need a name and the API key as the password.\n",
                    status_code=401,
                    media_type="text/plain",
                    headers={"WWW-Authenticate": 'Basic realm="wandb-flyte", charset="UTF-8"'},
                )
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)
