"""The GraphQL side: the `.graphql` files, bound to one resolver module a concept."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ariadne import ScalarType, load_schema_from_path, make_executable_schema
from graphql import GraphQLSchema

from wandb_flyte.backend.graphql import (
    artifact_changes,
    artifacts,
    bounds,
    collections,
    files,
    history,
    runs,
    session,
    sweeps,
)

_MODULES = (session, runs, history, files, sweeps, artifacts, artifact_changes, collections)
_FILES = ("schema.graphql", "artifacts.graphql")
_INTEGER = ScalarType("Int64", serializer=int, value_parser=int)


@cache
def schema() -> GraphQLSchema:
    """The executable schema."""
    folder = Path(__file__).parent.parent
    text = [load_schema_from_path(str(folder / name)) for name in _FILES]
    bound = [binding for module in _MODULES for binding in module.TYPES]
    made = make_executable_schema(text, *bound, _INTEGER, convert_names_case=True)
    bounds.count_lists(made)
    return made
