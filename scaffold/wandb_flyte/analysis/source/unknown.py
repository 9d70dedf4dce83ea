"""What the source of a program does not show."""

from __future__ import annotations


class _Unknown:
    """A value that the source does not show."""


UNKNOWN = _Unknown()
