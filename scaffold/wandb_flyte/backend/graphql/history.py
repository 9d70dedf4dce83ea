"""What a run logged: rows, samples, console lines."""

from __future__ import annotations

# ruff: noqa: D103 - each function resolves the field that stands above it
from typing import TYPE_CHECKING, Any

from ariadne import ObjectType

from wandb_flyte._metrics import lookup
from wandb_flyte.backend import jsontext, loglines
from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.graphql.context import context
from wandb_flyte.backend.graphql.pages import connection, place
from wandb_flyte.backend.store import Run, streams

if TYPE_CHECKING:
    from wandb_flyte.backend.graphql.context import Info


run_type = ObjectType("Run")
TYPES = (run_type,)

_MOST_SAMPLES = 500


@run_type.field("historyKeys")
def history_keys(run: Run, _: Info) -> dict[str, Any]:
    keys = {
        key: {
            "typeCounts": [{"type": kind, "count": count} for kind, count in seen["types"].items()],
            "monotonic": False,
            "previousValue": jsontext.strict(seen.get("last")),
        }
        for key, seen in jsontext.mapping(run.history_keys).items()
    }
    return {"sets": [], "keys": keys, "lastStep": run.last_step}


@run_type.field("historyTail")
def history_tail(run: Run, info: Info) -> str:
    return _tail(run, info, streams.HISTORY)


@run_type.field("eventsTail")
def events_tail(run: Run, info: Info) -> str:
    return _tail(run, info, streams.EVENTS)


@run_type.field("history")
def history(
    run: Run,
    info: Info,
    min_step: int | None = None,
    max_step: int | None = None,
    samples: int | None = None,
) -> list[str]:
    rows = streams.history(context(info).db, run, min_step, max_step)
    # A page of steps is read whole; only the full history is thinned.
    if min_step is not None or max_step is not None or samples is None:
        return rows
    return streams.thin(rows, samples)


@run_type.field("events")
def events(run: Run, info: Info, samples: int | None = None) -> list[str]:
    rows = [line for _, line in streams.read(context(info).db, run, streams.EVENTS)]
    return rows if samples is None else streams.thin(rows, samples)


@run_type.field("sampledHistory")
def sampled_history(run: Run, info: Info, specs: list[str]) -> list[Any]:
    return [_sample(run, info, spec) for spec in specs]


@run_type.field("parquetHistory")
def parquet_history(*_: Any, **__: Any) -> dict[str, list[Any]]:
    # Both empty: the client then reads the history page by page.
    return {"parquet_urls": [], "live_data": []}


@run_type.field("logLines")
def log_lines(
    run: Run,
    info: Info,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    **_: Any,
) -> dict[str, Any]:
    db = context(info).db
    if last is not None:
        lines = streams.tail(db, run, streams.LOG, last)
        return connection([_log_line(*line) for line in lines], 0, has_next=False)
    start = place(after)
    limit = 1000 if first is None else first
    lines = streams.read(db, run, streams.LOG, start=start, limit=limit + 1)
    nodes = [_log_line(*line) for line in lines[:limit]]
    found = connection(nodes, start, has_next=len(lines) > limit)
    # The cursor is the index of the line, which has gaps where lines never came.
    if nodes:
        found["page_info"]["end_cursor"] = str(nodes[-1]["number"] + 1)
    return found


def _tail(run: Run, info: Info, stream: str) -> str:
    lines = streams.tail(context(info).db, run, stream)
    return jsontext.dumps([line for _, line in lines])


def _sample(run: Run, info: Info, text: str) -> list[Any]:
    keys, low, high, samples = _checked_spec(text)
    lines = streams.history(context(info).db, run, low, None if high is None else high + 1)
    if not keys:
        thinned = streams.thin(lines, samples or _MOST_SAMPLES)
        return [jsontext.strict(jsontext.mapping(line)) for line in thinned]
    rows = [jsontext.mapping(line) for line in lines]
    holding = [row for row in rows if all(lookup(row, key) is not None for key in keys)]
    thinned = streams.thin(holding, samples or _MOST_SAMPLES)
    return [{key: jsontext.strict(lookup(row, key)) for key in keys} for row in thinned]


def _checked_spec(text: str) -> tuple[list[str], int | None, int | None, int | None]:
    """Keys, first and last step, and number of samples of a history spec."""
    try:
        spec = jsontext.loads(text)
    except ValueError:
        spec = None
    if not isinstance(spec, dict):
        raise BackendError(f"history spec `{text}` is not a JSON object")
    keys = spec.get("keys") or []
    numbers = [spec.get(name) for name in ("minStep", "maxStep", "samples")]
    sound = isinstance(keys, list) and all(isinstance(key, str) for key in keys)
    if not sound or not all(isinstance(number, int | None) for number in numbers):
        raise BackendError(f"history spec `{text}` has a value of another type")
    low, high, samples = numbers
    return keys, low, high, samples


def _log_line(number: int, line: str) -> dict[str, Any]:
    parts = loglines.parse(line)
    return {
        "number": number,
        "timestamp": parts.time,
        "level": parts.level,
        "label": parts.label,
        "line": parts.text,
    }
