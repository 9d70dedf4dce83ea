"""What settings.py says of trials and agents, as far as it is written out."""

from __future__ import annotations

import ast
from pathlib import Path

from wandb_flyte.errors import Finding

_NAMES = ("TRIALS", "AGENTS")


def check_counts(settings: Path, shown: str) -> list[Finding]:
    """A finding for each number in settings.py that is text, which no Flyte task takes.

    Args:
        settings: The file.
        shown: Its name for messages.
    """
    try:
        body = ast.parse(settings.read_bytes()).body
    except (OSError, SyntaxError, ValueError, RecursionError):
        return []  # The import says so.
    return [
        Finding(
            f"`{name}` is text, `{ast.unparse(node.value)}`.",
            f"Write `{name} = {node.value.value.strip() or 1}`.",
            shown,
            node.lineno,
        )
        for node in body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
        if isinstance(node.value.value, str)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if (name := getattr(target, "id", "")) in _NAMES
    ]
