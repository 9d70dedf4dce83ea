"""What goes wrong between an agent and its backend."""

from __future__ import annotations

from wandb_flyte.errors import UserError


class WireError(UserError):
    """The backend refused a request, or could not be asked."""

    transient = True


class WrongKey(WireError):
    """The backend does not take the API key."""

    transient = False


class Refused(WireError):
    """The backend refused a request for good: it would refuse the same one again."""

    transient = False


class SweepGone(WireError):
    """The sweep, or the agent that belongs to it, does not exist (any more)."""

    transient = False


class BackendAway(WireError):
    """The backend did not answer, however often it was asked.

    Attributes:
        retry_after_s: How long it asks to be left alone; 0 when it said nothing.
    """

    def __init__(self, message: str, hint: str = "", *, retry_after_s: float = 0.0) -> None:
        super().__init__(message, hint)
        self.retry_after_s = retry_after_s


class RateLimited(BackendAway):
    """The backend answers, and asks for fewer requests (HTTP 429)."""
