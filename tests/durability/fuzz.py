"""Requests that no client sends: GraphQL made from the schema, file streams, files, pages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLType,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)
from graphql.type import GraphQLField
from hypothesis import strategies as st
from wandb_flyte.backend.graphql import schema

_DEEPEST = 4
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([2**63, -(2**64), 10**400, 1e308, "\ud800", "\0", "NaN"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["_step", "value", "_wandb", "$and", "$regex"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
_FILTERS = st.sampled_from(
    [
        '{"$and":[{"state":{"$in":["running"]}},{"config.lr.value":{"$gt":0.1}}]}',
        '{"$or":[{"summary_metrics.loss":{"$lte":1e999}},{"tags":{"$nin":[1,null]}}]}',
        '{"name":{"$regex":"("}}',
        '{"$not":[]}',
        '{"$and":{}}',
        "[]",
        "null",
        '{"lr":{"value":1}}',
        '{"r1": true, "r2": false, "x": {}}',
        '{"keys":["loss"],"samples":-3,"minStep":1e400,"maxStep":"x"}',
    ]
)
_CONFIGS = st.sampled_from(
    [
        "method: grid\nparameters: {a: {values: [1, 2]}}",
        "method: bayes\nmetric: {name: loss}\nparameters: {a: {min: 0.0, max: 1.0}}",
        "method: [",
        "- 1",
        "method: random\nrun_cap: -1\nparameters: 3",
        "&a [*a]",
        "{method: grid, parameters: {a: {distribution: q_uniform, min: 0, max: 1e12, q: 1e-9}}}",
    ]
)


@dataclass(frozen=True)
class Request:
    """One request."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Fuzz:
    """Makes requests.

    Args:
        hints: What the server knows, by the name of the argument where it makes sense.
    """

    def __init__(self, hints: dict[str, list[str]]) -> None:
        self._hints = hints
        known_text = st.sampled_from(sorted({text for texts in hints.values() for text in texts}))
        plain = st.text(max_size=30) | st.sampled_from(
            ["", "..", "\ud800", "a" * 5000, "%00", "\0"]
        )
        self._name = known_text | known_text | plain
        self._text = self._name | _FILTERS | _CONFIGS | _JSON.map(_dumps)
        self._scalars: dict[str, st.SearchStrategy[Any]] = {
            "Int": st.integers(-(2**31), 2**31 - 1) | st.integers(-2, 20),
            "Float": st.floats(allow_nan=False, allow_infinity=False),
            "Boolean": st.booleans(),
            "Int64": st.integers(-(2**70), 2**70) | plain,
            "JSONString": _JSON.map(_dumps) | _FILTERS | plain,
        }

    def requests(self) -> st.SearchStrategy[Request]:
        """Any request."""
        return st.one_of(
            self._graphql(),
            self._graphql(),
            self._bent_graphql(),
            self._stream(),
            self._address(),
        )

    def _graphql(self) -> st.SearchStrategy[Request]:
        return self._operation().map(lambda made: _post("/graphql", _dumps(made).encode()))

    def _bent_graphql(self) -> st.SearchStrategy[Request]:
        """GraphQL with a part that is cut out, or with anything for its variables."""

        @st.composite
        def bent(draw: Callable[[Any], Any]) -> Request:
            made = draw(self._operation())
            start = draw(st.integers(0, len(made["query"])))
            cut = made["query"][:start] + draw(st.text(max_size=3))
            rest = made["query"][start + draw(st.integers(0, 5)) :]
            query = draw(st.sampled_from([cut + rest, made["query"], "{" * 2000, 7, None]))
            variables = draw(st.just(made["variables"]) | _JSON)
            body = {"query": query, "variables": variables, "operationName": draw(_JSON)}
            return _post("/graphql", _dumps(draw(st.just(body) | _JSON)).encode())

        return bent()

    def _operation(self) -> st.SearchStrategy[dict[str, Any]]:
        @st.composite
        def operation(draw: Callable[[Any], Any]) -> dict[str, Any]:
            kind = draw(st.sampled_from(["query", "query", "mutation"]))
            root = schema().query_type if kind == "query" else schema().mutation_type
            assert root is not None
            variables: dict[str, tuple[str, Any]] = {}
            body = self._selection(draw, root, variables, 0)
            heads = [f"${name}: {its}" for name, (its, _) in variables.items()]
            text = f"{kind} Made{_in_brackets(heads)} {body}"
            given = {name: value for name, (_, value) in variables.items()}
            return {"query": text, "variables": given, "operationName": ""}

        return operation()

    def _selection(
        self,
        draw: Callable[[Any], Any],
        of: GraphQLType,
        variables: dict[str, tuple[str, Any]],
        depth: int,
    ) -> str:
        fields: dict[str, GraphQLField] = getattr(of, "fields", {})
        names = [n for n in fields if depth < _DEEPEST or not is_composite_type(_named(fields[n]))]
        if not names:
            return "{ __typename }"
        chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        parts = []
        for name in chosen:
            made = fields[name]
            given = []
            for argument, its in made.args.items():
                if is_required_argument(its) or draw(st.booleans()):
                    variable = f"v{len(variables)}"
                    value = self._hinted(argument, its.type, depth)
                    variables[variable] = (str(its.type), draw(value))
                    given.append(f"{argument}: ${variable}")
            inner = _named(made)
            deeper = (
                " " + self._selection(draw, inner, variables, depth + 1)
                if is_composite_type(inner)
                else ""
            )
            parts.append(f"m{len(parts)}: {name}{_in_brackets(given)}{deeper}")
        return "{ " + " ".join(parts) + " }"

    def _hinted(self, name: str, kind: Any, depth: int = 1) -> st.SearchStrategy[Any]:
        """Any value of the type, more often than not one that means something there."""
        anything = self._of_type(kind)
        hints = ["p"] if name == "name" and depth == 0 else self._hints.get(name)
        if hints is None or is_list_type(getattr(kind, "of_type", None) or kind):
            return anything
        return st.one_of(*[st.sampled_from(hints)] * 4, anything)

    def _of_type(self, kind: Any) -> st.SearchStrategy[Any]:
        if is_non_null_type(kind):
            return self._of_type(kind.of_type)
        if is_list_type(kind):
            return st.lists(self._of_type(kind.of_type), max_size=3)
        if isinstance(kind, GraphQLEnumType):
            return st.sampled_from(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            needed = {n: f for n, f in kind.fields.items() if is_required_input_field(f)}
            other = {n: f for n, f in kind.fields.items() if n not in needed}
            return st.fixed_dictionaries(
                {name: self._hinted(name, its.type) for name, its in needed.items()},
                optional={name: self._hinted(name, its.type) for name, its in other.items()},
            )
        return self._scalars.get(kind.name, self._text)

    def _stream(self) -> st.SearchStrategy[Request]:
        line = st.sampled_from(['{"loss":NaN}', '{"_step":1e99}', "[", '{"\\ud800":1}', "\ud800"])
        step = st.integers(0, 9) | st.sampled_from([2**63, -(2**63), 10**30, True, "1"])
        row = st.fixed_dictionaries({"_step": step, "loss": _JSON}).map(_dumps)
        lines = st.lists(row | line | _JSON.map(_dumps), min_size=1, max_size=4)
        offset = st.integers(0, 5) | st.sampled_from([-1, 2**63, 2**80, 1.5, None, "3", True])
        part = st.fixed_dictionaries({"offset": offset, "content": st.one_of(lines, lines, _JSON)})
        home = st.sampled_from([("local", "p", run) for run in self._hints["run"]])
        name = st.sampled_from(
            ["wandb-history.jsonl", "wandb-events.jsonl", "wandb-summary.json", "output.log", "x"]
        )
        post = st.fixed_dictionaries(
            {},
            optional={
                "files": st.dictionaries(name, part, max_size=3) | _JSON,
                "complete": st.booleans() | _JSON,
                "exitcode": st.integers(-5, 300) | _JSON,
                "preempting": st.booleans(),
                "uploaded": _JSON,
            },
        )
        text = st.one_of(post, post, _JSON).map(lambda value: _dumps(value).encode())
        body = st.one_of(text, text, st.binary(max_size=50))
        writer = st.sampled_from(["", "", "w1"])
        return st.builds(
            lambda path, text, who, packed: Request(
                "POST",
                f"/files/{'/'.join(path)}/file_stream",
                gzip.compress(text)[: len(text) + packed] if packed else text,
                {"x-wandb-async-client-id": who} | ({"content-encoding": "gzip"} if packed else {}),
            ),
            st.one_of(home, home, st.tuples(*[self._name.map(_quoted)] * 3)),
            body,
            writer,
            st.sampled_from([0, 0, 0, 5, 1000]),
        )

    def _address(self) -> st.SearchStrategy[Request]:
        """Files, artifacts and pages, by any method."""
        heads = [
            "/storage",
            "/artifacts/uploads",
            "/artifacts/manifests",
            "/wandb_artifacts",
            "/artifactsV2",
            "/artifacts",
            "/files",
            "/sdk",
            "/ready",
            "",
            "/local/p/runs",
            "/local/p/sweeps",
        ]
        rest = st.lists(self._name.map(_quoted), max_size=4).map(
            lambda parts: "/".join(["", *parts])
        )
        query = st.sampled_from(
            ["", "?put=x", "?get=%ff", "?page=-1&after=x", "?page=1e9&order=%00"]
        )
        return st.builds(
            lambda method, head, tail, asked, body: Request(method, head + tail + asked, body),
            st.sampled_from(["GET", "GET", "GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS"]),
            st.sampled_from(heads),
            rest,
            query,
            st.binary(max_size=20),
        )


def _post(path: str, body: bytes) -> Request:
    return Request("POST", path, body, {"content-type": "application/json"})


def _in_brackets(parts: list[str]) -> str:
    return f"({', '.join(parts)})" if parts else ""


def _named(made: GraphQLField) -> Any:
    return get_named_type(made.type)


def _dumps(value: Any) -> str:
    return json.dumps(value)


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")
