"""W&B's Mongo-style run filters and sort orders.

A filter on a run's own columns becomes SQL; one on its config, summary or history keys is tried
on the runs that SQL left. Keys and operators: `wandb.Api().runs(filters=…, order=…)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wandb_flyte._metrics import lookup, scalar
from wandb_flyte.backend import jsontext, mongo
from wandb_flyte.backend.store.models import Run, timestamp

Test = Callable[[Run], bool]

_SWEEP = "runs.sweep_id IN (SELECT id FROM sweeps WHERE name = ? AND project_id = runs.project_id)"
# One statement for any number of options.
_OPTIONS = "(SELECT value FROM json_each(?))"
_COLUMNS = {
    "name": "runs.name",
    "state": "runs.state",
    "group": "group_name",
    "jobType": "job_type",
    "displayName": "runs.display_name",
    "display_name": "runs.display_name",
}
_ATTRIBUTES: dict[str, Callable[[Run], Any]] = {
    "name": lambda run: run.name,
    "state": lambda run: run.state,
    "sweep": lambda run: run.sweep_name,
    "group": lambda run: run.group_name,
    "jobType": lambda run: run.job_type,
    "displayName": lambda run: run.display_name,
    "host": lambda run: run.host,
    "tags": lambda run: run.tags,
    "description": lambda run: run.description,
    "notes": lambda run: run.notes,
    "username": lambda run: run.entity,
    "createdAt": lambda run: timestamp(run.created_at),
    "updatedAt": lambda run: timestamp(run.updated_at),
    "heartbeatAt": lambda run: timestamp(run.heartbeat_at),
}
_SNAKE = {"display_name": "displayName", "job_type": "jobType", "created_at": "createdAt"}
_SNAKE |= {"updated_at": "updatedAt", "heartbeat_at": "heartbeatAt", "inserted_at": "createdAt"}


@dataclass(frozen=True)
class Filter:
    """A filter: SQL first, then `tests` on what it leaves.

    Attributes:
        where: SQL condition on runs.
        values: Its values.
        tests: What has to hold besides.
    """

    where: str = "1"
    values: tuple[object, ...] = ()
    tests: tuple[Test, ...] = field(default=())

    def __call__(self, run: Run) -> bool:
        """Whether the tests hold for a run that SQL left."""
        return all(test(run) for test in self.tests)


def parse(text: str | None) -> Filter:
    """The filter that the JSON text stands for.

    Raises:
        BackendError: It is no filter.
    """
    tree = mongo.tree_of(text)
    where, values, tests = ["1"], list[object](), list[Test]()
    for key, condition in _conjunction(tree):
        if sql := _sql(key, condition):
            where.append(sql[0])
            values.extend(sql[1])
        else:
            tests.append(mongo.test_of(key, condition, value_at))
    return Filter(" AND ".join(where), tuple(values), tuple(tests))


def sort(runs: Sequence[Run], order: str | None) -> list[Run]:
    """The runs in W&B's order, such as `-summary_metrics.loss`; those without the key last."""
    return mongo.sort(runs, order or "+created_at", value_at)


def creation_order(order: str | None) -> str:
    """`+` when the order is oldest first, `-` when it is newest first, else empty."""
    order = order or "+created_at"
    if order.lstrip("+-") not in ("created_at", "createdAt"):
        return ""
    return "-" if order.startswith("-") else "+"


def value_at(run: Run, path: str) -> Any:
    """What stands at a filter key such as `config.lr.value`; None when nothing does."""
    section, _, rest = path.partition(".")
    if section == "summary_metrics":
        return scalar(lookup(run.summary_values, rest))
    if section == "config":
        return lookup(run.values, _without_value(rest))
    if section == "keys_info":
        return lookup(jsontext.mapping(run.history_keys), rest.removeprefix("keys."))
    if section == "tags" and rest:
        return rest if rest in run.tags else None
    attribute = _ATTRIBUTES.get(_SNAKE.get(path, path))
    return attribute(run) if attribute else None


def _without_value(path: str) -> str:
    # W&B keeps a config key as `{"value": …}`, so `net.value.depth` is `net.depth`.
    head, _, rest = f"{path}.".partition(".value.")
    return f"{head}.{rest}".rstrip(".")


def _conjunction(tree: Mapping[str, Any]) -> list[tuple[str, Any]]:
    terms: list[tuple[str, Any]] = []
    for key, condition in tree.items():
        if key == "$and" and isinstance(condition, list):
            for part in map(mongo.checked_tree, condition):
                terms.extend(_conjunction(part))
        else:
            terms.append((key, condition))
    return terms


def _sql(key: str, condition: Any) -> tuple[str, list[object]] | None:
    if key == "sweep" and isinstance(condition, str):
        return _SWEEP, [condition]
    column = _COLUMNS.get(key)
    if column and isinstance(condition, str):
        return f"{column} = ?", [condition]
    if column and isinstance(condition, dict) and list(condition) == ["$in"]:
        options = condition["$in"]
        if isinstance(options, list) and all(isinstance(option, str) for option in options):
            return f"{column} IN {_OPTIONS}", [jsontext.dumps(options)]
    return None
