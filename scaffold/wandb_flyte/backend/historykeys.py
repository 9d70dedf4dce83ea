"""What keys a run's history has, and what their values were: kept beside it, row by row.

A key is written with dots where a row nests it: `{"loss": {"types": {"number": 3}, "last": 0.1,
"min": 0.1, "max": 0.9}}`. Least and greatest are of the finite values.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from wandb_flyte.backend import jsontext

Keys = dict[str, dict[str, Any]]

# All of a run's keys are read and written with each post. W&B advises to log fewer than 10,000;
# the rows themselves keep what comes beyond.
_MOST_KEYS = 20_000


def count(rows: Iterable[Mapping[str, Any]]) -> Keys:
    """The keys of these rows."""
    keys: Keys = {}
    for row in rows:
        _count(row, "", keys)
    return keys


def merge(known: str, new: Mapping[str, Mapping[str, Any]]) -> str:
    """The keys of a history, as JSON text, with those of further rows."""
    merged: Keys = jsontext.mapping(known)
    for key, seen in new.items():
        if key not in merged and len(merged) >= _MOST_KEYS:
            continue
        old = merged.setdefault(key, {"types": {}})
        for kind, number in seen["types"].items():
            old["types"][kind] = old["types"].get(kind, 0) + number
        if "last" in seen:
            old["last"] = seen["last"]
        for name, pick in (("min", min), ("max", max)):
            if name in seen:
                old[name] = pick(seen[name], old.get(name, seen[name]))
    return jsontext.dumps(merged)


def _count(row: Mapping[str, Any], prefix: str, keys: Keys) -> None:
    for name, value in row.items():
        key = prefix + name
        if isinstance(value, dict) and "_type" not in value:
            _count(value, key + ".", keys)
            continue
        seen = keys.setdefault(key, {"types": {}})
        kind = _kind(value)
        seen["types"][kind] = seen["types"].get(kind, 0) + 1
        if (number := jsontext.number(value)) is None:
            continue
        seen["last"] = number
        if math.isfinite(number):
            seen["min"] = min(number, seen.get("min", number))
            seen["max"] = max(number, seen.get("max", number))


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, dict):
        return str(value["_type"])
    return "nil" if value is None else "array"
