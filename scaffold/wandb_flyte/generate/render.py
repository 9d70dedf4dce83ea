"""Rendering a template with copier into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wandb_flyte.errors import UserError

from .template import Template


def render(template: Template, folder: Path, answers: Mapping[str, Any]) -> None:
    """Renders the template into a folder. Files that are the user's stay when they are there.

    Raises:
        UserError: Copier failed, or git under its hands.
    """
    from copier import Settings, run_copy
    from copier.errors import CopierError
    from plumbum import ProcessExecutionError

    try:
        run_copy(
            template.source,
            folder,
            data=dict(answers),
            vcs_ref=template.commit,
            settings=Settings(),  # Not the user's own: every answer is given.
            defaults=True,
            overwrite=True,
            quiet=True,
        )
    except ProcessExecutionError as error:
        lines = str(error.stderr).strip().splitlines()
        raise UserError(f"Git failed: {lines[-1] if lines else error}.") from error
    except CopierError as error:
        raise UserError(f"Copier could not make the project: {error}") from error
