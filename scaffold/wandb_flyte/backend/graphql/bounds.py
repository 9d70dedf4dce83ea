"""How much one answer may hold: a short query can ask for each run's project's runs, and so on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLSchema, get_named_type, is_object_type

from wandb_flyte.backend.errors import BackendError

# More runs than a project is made for; clients ask for up to 1000 of them at once.
_MOST_NODES = 200_000
# In the list of another node: clients ask there for the aliases and tags of up to 1000 artifacts.
_NESTED_WEIGHT = 20

Resolver = Callable[..., Any]


class Allowance:
    """What one answer may still hold."""

    def __init__(self) -> None:
        self._left = _MOST_NODES

    def spend(self, nodes: int) -> None:
        """Take so many nodes from what is left.

        Raises:
            BackendError: There are not so many left.
        """
        self._left -= nodes
        if self._left < 0:
            raise BackendError(
                f"the query asks for more than {_MOST_NODES} objects, each of which counts as "
                f"{_NESTED_WEIGHT} in a list within a list: ask for less at once, with `first`",
                status=400,
            )


def count_lists(schema: GraphQLSchema) -> None:
    """Make every field that gives a list of nodes take from the request's allowance."""
    for kind in schema.type_map.values():
        for field in kind.fields.values() if is_object_type(kind) else ():
            if field.resolve and get_named_type(field.type).name.endswith("Connection"):
                field.resolve = _counted(field.resolve)


def _counted(resolve: Resolver) -> Resolver:
    def counted(parent: Any, info: Any, **given: Any) -> Any:
        allowance: Allowance = info.context.allowance
        weight = _NESTED_WEIGHT if any(isinstance(k, int) for k in info.path.as_list()) else 1
        allowance.spend(weight)
        found = resolve(parent, info, **given)
        if isinstance(found, dict):
            allowance.spend(weight * len(found["edges"]))
        return found

    return counted
