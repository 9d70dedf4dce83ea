"""One GraphQL request from text to answer."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    parse,
    validate,
)

from wandb_flyte.backend.errors import BackendError, not_stored
from wandb_flyte.backend.graphql import schema
from wandb_flyte.backend.graphql.context import Context

# Several times what wandb's longest operations have.
_MOST_CHARACTERS = 100_000
_MOST_TOKENS = 10_000


@dataclass(frozen=True)
class Operation:
    """A checked operation, ready to be executed."""

    document: DocumentNode
    name: str | None
    is_mutation: bool


@dataclass(frozen=True)
class Answer:
    """What the client gets."""

    body: dict[str, Any]
    status: int = 200


class Refused(Exception):
    """A mutation that failed: its changes have to be undone, its answer is this."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body)
        self.answer = answer


def errors_answer(status: int, *messages: str) -> Answer:
    """An answer that holds errors alone."""
    return Answer({"data": None, "errors": [{"message": text} for text in messages]}, status)


def prepare(text: str, operation_name: str | None) -> Operation:
    """The operation in the query text.

    Raises:
        BackendError: It is no GraphQL, or asks for what this server does not have. Status 400:
            clients retry most other errors for minutes.
    """
    document, problems = _checked(text)
    if document is None or problems:
        raise BackendError("; ".join(problems), status=400)
    operations = [
        node for node in document.definitions if isinstance(node, OperationDefinitionNode)
    ]
    # Operations written in Python come with an empty name.
    name = operation_name or None
    chosen = [node for node in operations if name is None or _name(node) == name]
    if len(chosen) != 1:
        raise BackendError(f"operation `{operation_name or ''}` is not in the query", status=400)
    return Operation(document, name, chosen[0].operation is OperationType.MUTATION)


def run(operation: Operation, variables: Mapping[str, Any], request: Context) -> Answer:
    """Execute the operation.

    Raises:
        Refused: A mutation failed.
    """
    result = execute_sync(
        schema(),
        operation.document,
        context_value=request,
        variable_values=_given(variables),
        operation_name=operation.name,
    )
    answer = _answer(result)
    if result.errors and operation.is_mutation:
        raise Refused(answer)
    return answer


def _given(value: Any) -> Any:
    """The variables without nulls, which mean "not given" wherever a client sends them.

    Newer clients send null for fields that no server but the newest knows.
    """
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items() if item is not None}
    return [_given(item) for item in value] if isinstance(value, list) else value


def _name(node: OperationDefinitionNode) -> str:
    return node.name.value if node.name else ""


def _checked(text: str) -> tuple[DocumentNode | None, tuple[str, ...]]:
    if len(text) > _MOST_CHARACTERS:
        return None, (f"the query is longer than {_MOST_CHARACTERS} characters",)
    return _parsed(text)


@lru_cache(maxsize=256)
def _parsed(text: str) -> tuple[DocumentNode | None, tuple[str, ...]]:
    try:
        document = parse(text, max_tokens=_MOST_TOKENS)
    except GraphQLError as error:
        return None, (error.message,)
    except RecursionError:
        return None, ("the query is nested too deep",)
    return document, tuple(error.message for error in validate(schema(), document))


def _answer(result: ExecutionResult) -> Answer:
    if not result.errors:
        return Answer({"data": result.data})
    status = 200
    messages: dict[str, None] = {}
    for error in result.errors:
        cause = error.original_error
        refusal = cause if isinstance(cause, BackendError) else not_stored(cause)
        if isinstance(cause, RecursionError | OverflowError):
            refusal = BackendError("a value is too large or nested too deep", status=400)
        if refusal is not None:
            status = max(status, refusal.status)
        elif cause is not None and not isinstance(cause, GraphQLError):
            traceback.print_exception(cause, file=sys.stderr)
        # Each once: a list's nodes fail all for the same reason.
        messages[refusal.message if refusal else error.message] = None
    errors = [{"message": text} for text in messages]
    return Answer({"data": result.data, "errors": errors}, status)
