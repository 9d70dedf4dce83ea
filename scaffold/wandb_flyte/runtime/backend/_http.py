"""Requests to a W&B backend: authorisation, retries, and errors in the user's words."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from wandb_flyte.runtime.backend._identity import AccessToken, IdentityRefused
from wandb_flyte.runtime.backend.wire_errors import (
    BackendAway,
    RateLimited,
    Refused,
    SweepGone,
    WireError,
    WrongKey,
)

# Statuses that trying again does not mend, as in wandb's own client.
_FINAL = frozenset({400, 401, 403, 404, 409, 410, 413, 422, 501})
# So long may the backend be away before a sweep's agents and parent give up: Flyte then retries.
OUTAGE_S = 600.0
_TOO_MANY = 429
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 30.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Http:
    """Posts JSON to one backend.

    Args:
        api_url: The backend's address.
        key: The API key; empty for an access token, as `WANDB_IDENTITY_TOKEN_FILE` gets one.
        timeout_s: How long one request may take.
        patience_s: How long a request is tried again.
    """

    def __init__(self, api_url: str, key: str, *, timeout_s: float, patience_s: float) -> None:
        import requests

        self._url = api_url.rstrip("/")
        self._timeout_s = timeout_s
        self._patience_s = patience_s
        self._session = requests.Session()
        # A proxy of the environment has no way to this machine's own loopback.
        self._session.trust_env = urlsplit(self._url).hostname not in _LOOPBACK
        self._token = (
            None if key else AccessToken.here(self._url, trust_env=self._session.trust_env)
        )
        self._session.auth = self._token or ("api", key)
        self._away = (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
        )
        self._refused = requests.RequestException

    def close(self) -> None:
        """Closes its connections."""
        self._session.close()

    def wrong_key(self) -> tuple[str, str]:
        """The message and hint of a key that is not taken."""
        if self._token is not None:
            return (
                f"The backend at {self._url} does not take the access token that it gave for"
                f" the identity token in `{self._token.file}`.",
                "Check what the identity's service account may do.",
            )
        return (
            f"The backend at {self._url} does not take the API key.",
            "Set WANDB_API_KEY to a key of that backend, or run `wandb login`.",
        )

    def graphql(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Runs a GraphQL document and returns its data."""
        reply = self.post("/graphql", {"query": document, "variables": dict(variables)})
        if errors := reply.get("errors"):
            raise WireError(f"The backend at {self._url} answered: {_messages(errors)}")
        if not isinstance(reply.get("data"), dict):
            raise WireError(
                f"What answers at {self._url} is no W&B backend.",
                hint="Check WANDB_BASE_URL.",
            )
        data: dict[str, Any] = reply["data"]
        return data

    def post(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Posts JSON, again and again while the backend is away, and returns the JSON reply."""
        deadline = time.monotonic() + self._patience_s
        wait_s = _FIRST_WAIT_S
        while True:
            status, reply, retry_after_s = self._try(path, body, headers or {})
            if 200 <= status < 300:
                return reply
            if status in _FINAL:
                raise self._refusal(status, reply)
            pause_s = retry_after_s or wait_s * random.uniform(1.0, 1.25)  # noqa: S311
            if time.monotonic() + pause_s > deadline:
                raise self._gave_up(status, reply, retry_after_s)
            time.sleep(pause_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    def _gave_up(self, status: int, reply: Mapping[str, Any], retry_after_s: float) -> BackendAway:
        if status == _TOO_MANY:
            wait = f" It asks to wait for {retry_after_s:g} s." if retry_after_s else ""
            return RateLimited(
                f"The backend at {self._url} limits the rate of requests.{wait}",
                hint="Try again later, or with fewer agents at once.",
                retry_after_s=retry_after_s,
            )
        why = f"HTTP {status}" if status else reply.get("away", "no answer")
        return BackendAway(
            f"The backend at {self._url} can't be reached: {why}.",
            hint="Check the address and the network, then try again.",
            retry_after_s=retry_after_s,
        )

    def _try(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any], float]:
        """Status (0: no answer), JSON reply, and how long the backend asks to wait."""
        try:
            response = self._session.post(
                self._url + path, json=body, headers=headers, timeout=self._timeout_s
            )
        except self._away as error:
            return 0, {"away": _why_away(error)}, 0.0
        except IdentityRefused as error:
            raise WrongKey(error.message, error.hint) from None
        except self._refused as error:
            raise WireError(
                f"The backend at `{self._url}` can't be asked: {error}.",
                hint="Check WANDB_BASE_URL: it is an address such as https://api.wandb.ai.",
            ) from error
        try:
            reply = response.json()
        except ValueError:
            reply = {}
        wait_s = _seconds(response.headers.get("Retry-After", ""))
        return response.status_code, reply if isinstance(reply, dict) else {}, wait_s

    def _refusal(self, status: int, reply: Mapping[str, Any]) -> WireError:
        if status in (401, 403):
            return WrongKey(*self.wrong_key())
        said = _messages(reply.get("errors") or []) or f"HTTP {status}"
        kind = SweepGone if status == 404 else Refused
        return kind(f"The backend at {self._url} answered: {said}")


def _seconds(retry_after: str) -> float:
    """The seconds of a Retry-After header, which may be a date; 0 for none."""
    if retry_after.isdigit():
        return float(retry_after)
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _why_away(error: Exception) -> str:
    """What stood in the way, as far as the layers below requests tell it apart."""
    text = str(error)
    known = {
        "NameResolutionError": "its name is not known here",
        "Connection refused": "connection refused",
        "timed out": "no answer in time",
        "CERTIFICATE_VERIFY_FAILED": "its certificate is not trusted here",
    }
    return next((why for sign, why in known.items() if sign in text), type(error).__name__)


def _messages(errors: Any) -> str:
    if not isinstance(errors, list):
        return str(errors)
    return "; ".join(
        str(error.get("message")) if isinstance(error, dict) else str(error) for error in errors
    )
