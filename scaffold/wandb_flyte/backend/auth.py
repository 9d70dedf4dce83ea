"""Who may ask: the key, and requests that really come from this machine."""

from __future__ import annotations

import base64
import binascii
import hmac

# A web page that resolves its own name to 127.0.0.1 (DNS rebinding) sends that name as Host.
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


def has_key(authorization: str | None, key: str) -> bool:
    """Whether the `Authorization: Basic` header carries the key, compared in constant time."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        _, _, given = base64.b64decode(encoded.strip()).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return False
    return hmac.compare_digest(given.encode(), key.encode())


def is_loopback(host: str | None) -> bool:
    """Whether the Host header names this machine's loopback interface."""
    name = host or ""
    if not name.endswith("]") and name.count(":") >= 1:
        name = name.rpartition(":")[0]
    return name.lower() in _LOOPBACK
