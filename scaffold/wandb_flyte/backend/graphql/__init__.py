"""The GraphQL side: `schema.graphql`, bound to one resolver module a concept."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ariadne import ScalarType, load_schema_from_path, make_executable_schema
from graphql import GraphQLSchema

from wandb_flyte.backend.graphql import files, history, runs, session, sweeps

_INTEGER = ScalarType("Int64", serializer=int, value_parser=int)


@cache
def schema() -> GraphQLSchema:
    """The executable schema."""
    text = load_schema_from_path(str(Path(__file__).parent.parent / "schema.graphql"))
    bound = [
        binding for module in (session, runs, history, files, sweeps) for binding in module.TYPES
    ]
    return make_executable_schema(text, *bound, _INTEGER, convert_names_case=True)
