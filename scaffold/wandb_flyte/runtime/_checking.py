"""What a parameter of the runtime may be; anything else is told with its name and value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeGuard, get_args

from wandb_flyte.errors import UserError


def check_whole(name: str, value: object, least: int, what: str) -> None:
    """Refuses what is no whole number from `least` on.

    Args:
        name: The parameter's name.
        value: What was given.
        least: The least that makes sense.
        what: The parameter's meaning, for the hint.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return
    raise UserError(
        f"{name} is `{value}`: it must be a whole number, {least} or more.",
        hint=f"Give {what}, such as {max(least, 4)}.",
    )


def seconds_of(name: str, value: float | timedelta | None) -> float | None:
    """A duration in seconds, None for none.

    Raises:
        UserError: It is none, or not longer than nothing.
    """
    if value is None:
        return None
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0:
        return float(seconds)
    raise UserError(
        f"{name} is `{value}`: it must be longer than 0 seconds.",
        hint="Give seconds, such as 600, or a timedelta; None is no limit.",
    )


def check_one_of(name: str, value: object, literal: Any) -> None:
    """Refuses what is none of a `Literal`'s values; None is not given."""
    allowed: tuple[str, ...] = get_args(literal)
    if value is None or value in allowed:
        return
    *others, last = (f'"{one}"' for one in allowed)
    raise UserError(f"{name} is `{value}`.", hint=f"It must be {', '.join(others)} or {last}.")


def check_text(name: str, value: object) -> None:
    """Refuses what is no text; None is not given."""
    if value is not None and not isinstance(value, str):
        raise UserError(f"{name} is `{value}`: it must be a text.")


def check_texts(name: str, value: object) -> None:
    """Refuses what is no list of texts; None is not given."""
    if value is None or (_is_list(value) and all(isinstance(one, str) for one in value)):
        return
    hint = f'Write `{name}=["{value}"]`.' if isinstance(value, str) else ""
    raise UserError(f"{name} is `{value}`: it must be a list of texts.", hint=hint)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
