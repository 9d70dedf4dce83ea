"""An identity token, such as a cluster gives its pods, exchanged for W&B's access token.

As wandb does it: the token in the file that `WANDB_IDENTITY_TOKEN_FILE` names is posted to the
server's `/oidc/token` (RFC 7523), and the access token that it gives is kept in the same
credentials file that wandb keeps it in, until five minutes before it expires.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wandb_flyte.errors import UserError

TOKEN_FILE = "WANDB_IDENTITY_TOKEN_FILE"  # noqa: S105 the variable's name
CREDENTIALS_FILE = "WANDB_CREDENTIALS_FILE"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_EXPIRY = "%Y-%m-%d %H:%M:%S"
_EARLY = timedelta(minutes=5)
_TIMEOUT_S = 10.0
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class IdentityRefused(UserError):
    """The identity token can't be read, or the server does not take it."""


@dataclass
class AccessToken:
    """Signs requests to one server with an access token.

    Attributes:
        url: The server's address.
        file: Holds the identity token; it is read anew for each exchange.
        credentials: Where access tokens are kept.
        trust_env: Whether the environment's proxy is on the way to the server.
    """

    url: str
    file: Path
    credentials: Path
    trust_env: bool = True
    _value: str = field(default="", repr=False)
    _expires: datetime = _NEVER

    @classmethod
    def here(cls, url: str, *, trust_env: bool) -> AccessToken | None:
        """What the environment says, or None when it names no identity token."""
        file = os.environ.get(TOKEN_FILE)
        if not file:
            return None
        kept = os.environ.get(CREDENTIALS_FILE) or "~/.config/wandb/credentials.json"
        return cls(url, Path(file).absolute(), Path(kept).expanduser(), trust_env)

    def __call__(self, request: Any) -> Any:
        """Signs a request, as `requests` asks for it."""
        request.headers["Authorization"] = f"Bearer {self.value()}"
        return request

    def value(self) -> str:
        """An access token that holds for a while.

        Raises:
            IdentityRefused: There is none to be had.
            requests.ConnectionError: The server is away.
        """
        if self._is_expiring():
            kept = self._kept()
            self._take(kept.get(self.url))
            if self._is_expiring():
                self._exchange()
                self._keep(kept)
        return self._value

    def _is_expiring(self) -> bool:
        return self._expires - datetime.now(UTC) <= _EARLY

    def _exchange(self) -> None:
        import requests

        try:
            identity = self.file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise IdentityRefused(
                f"The identity token in `{self.file}` can't be read: {error}.",
                hint=f"{TOKEN_FILE} names the file.",
            ) from error
        with requests.Session() as session:
            session.trust_env = self.trust_env
            reply = session.post(
                f"{self.url}/oidc/token",
                data={"grant_type": _GRANT, "assertion": identity},
                timeout=_TIMEOUT_S,
            )
        if reply.status_code == requests.codes.too_many_requests or reply.status_code >= 500:
            raise requests.ConnectionError(f"HTTP {reply.status_code} from /oidc/token")
        try:
            told = reply.json() if reply.ok else {}
            lasts = timedelta(seconds=float(told["expires_in"]))
            self._value, self._expires = str(told["access_token"]), datetime.now(UTC) + lasts
        except (ValueError, TypeError, KeyError):
            said = " ".join(reply.text.split())[:200]
            raise IdentityRefused(
                f"The backend at {self.url} does not take the identity token in `{self.file}`: "
                f"HTTP {reply.status_code} {said}".rstrip(),
                hint="The token may be too old, or made for another server.",
            ) from None

    def _kept(self) -> dict[str, Any]:
        with suppress(OSError, ValueError, AttributeError):
            found = json.loads(self.credentials.read_text(encoding="utf-8")).get("credentials")
            return found if isinstance(found, dict) else {}
        return {}

    def _take(self, entry: Any) -> None:
        with suppress(ValueError, TypeError, KeyError):
            expires = datetime.strptime(entry["expires_at"], _EXPIRY).replace(tzinfo=UTC)
            self._value, self._expires = str(entry["access_token"]), expires

    def _keep(self, others: dict[str, Any]) -> None:
        entry = {"access_token": self._value, "expires_at": self._expires.strftime(_EXPIRY)}
        text = json.dumps({"credentials": {**others, self.url: entry}}, indent=2)
        # It is kept to be asked for less often: that it can't be is no error.
        with suppress(OSError):
            self.credentials.parent.mkdir(parents=True, exist_ok=True)
            scratch = self.credentials.with_name(f".{self.credentials.name}.{os.getpid()}")
            scratch.touch(mode=0o600)
            scratch.write_text(text, encoding="utf-8")
            scratch.replace(self.credentials)
