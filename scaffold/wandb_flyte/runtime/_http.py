"""Requests to a W&B backend: authorisation, retries, and errors in the user's words."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from wandb_flyte.errors import UserError

# Statuses that trying again does not mend, as in wandb's own client.
_FINAL = frozenset({400, 401, 403, 404, 409, 410, 413, 422, 501})
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 30.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class WireError(UserError):
    """The backend refused a request, or could not be asked."""

    transient = True


class WrongKey(WireError):
    """The backend does not take the API key."""

    transient = False


class SweepGone(WireError):
    """The sweep, or the agent that belongs to it, does not exist (any more)."""

    transient = False


class BackendAway(WireError):
    """The backend did not answer, however often it was asked."""


class Http:
    """Posts JSON to one backend.

    Args:
        api_url: The backend's address.
        key: The API key.
        timeout_s: How long one request may take.
        patience_s: How long a request is tried again.
    """

    def __init__(self, api_url: str, key: str, *, timeout_s: float, patience_s: float) -> None:
        import requests

        self._url = api_url.rstrip("/")
        self._timeout_s = timeout_s
        self._patience_s = patience_s
        self._session = requests.Session()
        self._session.auth = ("api", key)
        # A proxy of the environment has no way to this machine's own loopback.
        self._session.trust_env = urlsplit(self._url).hostname not in _LOOPBACK
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

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Posts JSON, again and again while the backend is away, and returns the JSON reply."""
        deadline = time.monotonic() + self._patience_s
        wait_s = _FIRST_WAIT_S
        while True:
            status, reply, retry_after_s = self._try(path, body)
            if 200 <= status < 300:
                return reply
            if status in _FINAL:
                raise self._refusal(status, reply)
            pause_s = retry_after_s or wait_s * random.uniform(1.0, 1.25)  # noqa: S311
            if time.monotonic() + pause_s > deadline:
                why = f"HTTP {status}" if status else reply.get("away", "no answer")
                raise BackendAway(
                    f"The backend at {self._url} is away: {why}.",
                    hint="Check the address and the network, then try again.",
                )
            time.sleep(pause_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    def _try(self, path: str, body: Mapping[str, Any]) -> tuple[int, dict[str, Any], float]:
        """Status (0: no answer), JSON reply, and how long the backend asks to wait."""
        try:
            response = self._session.post(self._url + path, json=body, timeout=self._timeout_s)
        except self._away as error:
            return 0, {"away": type(error).__name__}, 0.0
        except self._refused as error:
            raise WireError(
                f"The backend at `{self._url}` can't be asked: {error}.",
                hint="Check WANDB_BASE_URL: it is an address such as https://api.wandb.ai.",
            ) from error
        try:
            reply = response.json()
        except ValueError:
            reply = {}
        retry_after = response.headers.get("Retry-After", "")
        wait_s = float(retry_after) if retry_after.isdigit() else 0.0
        return response.status_code, reply if isinstance(reply, dict) else {}, wait_s

    def _refusal(self, status: int, reply: Mapping[str, Any]) -> WireError:
        if status in (401, 403):
            return WrongKey(*self.wrong_key())
        said = _messages(reply.get("errors") or []) or f"HTTP {status}"
        kind = SweepGone if status == 404 else WireError
        return kind(f"The backend at {self._url} answered: {said}")


def _messages(errors: Any) -> str:
    if not isinstance(errors, list):
        return str(errors)
    return "; ".join(
        str(error.get("message")) if isinstance(error, dict) else str(error) for error in errors
    )
