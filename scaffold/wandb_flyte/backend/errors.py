"""What the server refuses, with the HTTP status that makes the client give up at once."""

from __future__ import annotations


class BackendError(Exception):
    """A request that can't be answered; its message reaches the user's terminal.

    Args:
        message: What is wrong, with the value in backticks.
        status: The HTTP status. 200 is a final answer to a GraphQL request; clients retry most
            others, so only 400, 401, 403, 404, 409, 410, 413 and 422 are ever used.
    """

    def __init__(self, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class NotFound(BackendError):
    """The sweep, agent or run is gone: HTTP 404, which ends agents in peace."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=404)
