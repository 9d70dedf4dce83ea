"""Who may ask: the key, and requests that really come from this machine."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Callable

Authenticate = Callable[[str], str | None]
"""Gives the name of the user whose API key it is called with, or None when it is nobody's."""


def one_user(name: str, key: str) -> Authenticate:
    """Knows one user, by a key that is compared in constant time."""
    return lambda given: name if hmac.compare_digest(given.encode(), key.encode()) else None


def given_key(authorization: str | None) -> str:
    """The API key in an `Authorization: Basic` header; empty when there is none."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded.strip()).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def is_loopback(host: str | None) -> bool:
    """Whether the Host header names this machine's loopback interface.

    A web page that resolves its own name to 127.0.0.1 (DNS rebinding) sends that name.
    """
    name = (host or "").lower()
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
