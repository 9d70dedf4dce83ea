"""Values of options that several commands take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from wandb_flyte.errors import InvalidInput

if TYPE_CHECKING:
    from wandb_flyte.generate.user_code.objective import ObjectiveRef


def count(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    """How many an option says of what it is named after; no whole number is wrong usage."""
    if value is None:
        return None
    if re.fullmatch(r"[1-9]\d{0,8}", value):
        return int(value)
    what = parameter.name
    if re.fullmatch(r"[1-9]\d*", value):
        raise click.BadParameter(f"`{value}` is more {what} than can be. At most 999999999.")
    raise click.BadParameter(
        f"`{value}` is no number of {what}. Give a whole number from 1, such as 8."
    )


def objective_ref(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> ObjectiveRef | None:
    """The objective that an option names; another form is wrong usage."""
    if not value:
        return None
    from wandb_flyte.generate.user_code.objective import ObjectiveRef

    try:
        return ObjectiveRef.parse(value)
    except InvalidInput as error:
        raise click.BadParameter(str(error)) from error
