"""What a run's summary holds, media in a few words instead of their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wandb_flyte.backend.jsontext import finite
from wandb_flyte.backend.web.text import shown, size

_KINDS = {"html-file": "HTML", "images/separated": "images", "object3D-file": "3D object"}
_LONGEST, _LONGEST_LIST = 80, 10
# The whole summary, which the client uploads when a run ends.
_SUMMARY = "wandb-summary.json"


@dataclass(frozen=True)
class Cell:
    """A value in a table.

    Attributes:
        text: What to show.
        file: The name of the run's file that would have it all; empty when this is all.
    """

    text: str
    file: str = ""


def cell(value: Any) -> Cell:
    """A summary's value: of media their kind and measures, such as `table, 2 rows, 3 columns`."""
    kind = value.get("_type") if isinstance(value, Mapping) else None
    if isinstance(value, list) and len(value) > _LONGEST_LIST:
        return Cell(f"{len(value)} values: {_cut(shown(value[:_LONGEST_LIST])[1:-1])}, …", _SUMMARY)
    if not isinstance(kind, str):
        return Cell(shown(value))
    name = _KINDS.get(kind, kind.removesuffix("-file"))
    parts = [_numbered(value, "count", name) or name, *_measures(value), _caption(value)]
    return Cell(_cut(", ".join(part for part in parts if part)), _file(value))


def _measures(value: Mapping[str, Any]) -> list[str]:
    width, height, held = (finite(value.get(key)) for key in ("width", "height", "size"))
    bins = value.get("values")
    return [
        f"{shown(width)} x {shown(height)}" if width is not None and height is not None else "",
        _numbered(value, "nrows", "rows"),
        _numbered(value, "ncols", "columns"),
        f"{len(bins)} bins{_range(value)}" if isinstance(bins, list) else "",
        size(held) if held is not None else "",
    ]


def _numbered(value: Mapping[str, Any], key: str, what: str) -> str:
    count = finite(value.get(key))
    return "" if count is None else f"{shown(count)} {what}"


def _range(value: Mapping[str, Any]) -> str:
    bins = value.get("bins")
    if not isinstance(bins, list) or not bins:
        return ""
    low, high = finite(bins[0]), finite(bins[-1])
    return "" if low is None or high is None else f" from {shown(low)} to {shown(high)}"


def _caption(value: Mapping[str, Any]) -> str:
    caption = value.get("caption")
    return f"“{caption}”" if isinstance(caption, str) and caption.strip() else ""


def _file(value: Mapping[str, Any]) -> str:
    names = value.get("filenames")
    path = names[0] if isinstance(names, list) and names else value.get("path")
    return path if isinstance(path, str) else _SUMMARY


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
