"""GraphQL connections: edges, cursors, pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def page(
    items: Sequence[Any], first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """The connection of the `first` items after the cursor; a cursor is an item's place."""
    begin = place(after)
    end = len(items) if first is None else min(begin + max(first, 0), len(items))
    found = connection(items[begin:end], begin, has_next=end < len(items))
    return {**found, "total_count": len(items)}


def connection(items: Sequence[Any], begin: int, *, has_next: bool) -> dict[str, Any]:
    """The connection of these items, the first of which has the place `begin`."""
    edges = [
        {"node": item, "cursor": str(number)} for number, item in enumerate(items, start=begin + 1)
    ]
    end_cursor = edges[-1]["cursor"] if edges else None
    return {"edges": edges, "page_info": {"end_cursor": end_cursor, "has_next_page": has_next}}


def place(after: str | None) -> int:
    """How many items come before the page that follows the cursor."""
    return int(after) if after and after.isdecimal() else 0
