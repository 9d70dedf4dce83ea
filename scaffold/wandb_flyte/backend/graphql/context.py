"""What a resolver knows about the request it answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ariadne import MutationType
from graphql import GraphQLResolveInfo

from wandb_flyte.backend.addresses import Addresses
from wandb_flyte.backend.graphql.bounds import Allowance
from wandb_flyte.backend.searches import Searches
from wandb_flyte.backend.store.models import timestamp

if TYPE_CHECKING:
    Info: TypeAlias = GraphQLResolveInfo["Context"]

Mutation = Callable[["Context", Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Context:
    """One request.

    Attributes:
        db: The connection: a snapshot for a query, the writer's for a mutation.
        user: Who asks; also the entity where things go that name none.
        searches: Proposes trials.
        addresses: Where files can be read and uploaded.
        blob_folder: Where the bytes of artifacts are.
        writer: In shared mode, which of a run's processes asks; else empty.
        agent: The sweep agent that the sender works for, if it says so.
        orphans: Files of runs that the request leaves without an owner.
        dropped: Bytes of artifacts that it leaves without an owner.
        allowance: How much the answer may still hold.
    """

    db: sqlite3.Connection
    user: str
    searches: Searches
    addresses: Addresses
    blob_folder: Path
    writer: str = ""
    agent: str = ""
    orphans: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    allowance: Allowance = field(default_factory=Allowance)


def context(info: Info) -> Context:
    """The request that the resolver answers."""
    return info.context


def stamp(attribute: str) -> Callable[[Any, Info], str | None]:
    """Resolves a field to the object's attribute, which is a time."""
    return lambda value, _: timestamp(getattr(value, attribute))


def resolves(mutation: MutationType, name: str) -> Callable[[Mutation], Mutation]:
    """Bind a function of the request and the mutation's input to the mutation `name`."""

    def bind(function: Mutation) -> Mutation:
        def resolver(_: Any, info: Info, **arguments: Any) -> Mapping[str, Any]:
            request, given = context(info), arguments["input"]
            return function(
                request, {**given, "entity_name": given.get("entity_name") or request.user}
            )

        mutation.set_field(name, resolver)
        return function

    return bind
