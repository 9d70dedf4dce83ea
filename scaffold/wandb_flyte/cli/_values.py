"""Hyperparameters on the command line: `lr=0.1 layers=3 optimizer.name=adam`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wandb_flyte.errors import Finding, InvalidInput, WrongUsage

_INTEGER = re.compile(r"[-+]?\d+")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def parse_value(text: str) -> Any:
    """A value as YAML reads it, but for `1e-5`, which is a number here.

    Raises:
        InvalidInput: It is no YAML.
    """
    import yaml

    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        why = " ".join(str(error).split())
        raise InvalidInput([Finding(f"`{text}` is no value: {why}")]) from error


def parse_assignments(words: Sequence[str], known: Sequence[str]) -> dict[str, Any]:
    """The values by name, dotted names for nested parameters.

    Args:
        words: What the user wrote, `NAME=VALUE` each.
        known: The names that there are.

    Raises:
        WrongUsage: A word is no assignment, or a name is unknown or stands twice; every finding
            at once.
    """
    findings: list[Finding] = []
    values: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            findings.append(Finding(f"`{word}` is no NAME=VALUE.", hint=_example(known)))
        elif name not in known:
            findings.append(Finding(f"There is no parameter `{name}`.", hint=_near(name, known)))
        elif name in values:
            findings.append(Finding(f"`{name}` is given twice."))
        else:
            try:
                values[name] = parse_value(text)
            except InvalidInput as error:
                findings += error.findings
    if findings:
        raise WrongUsage(findings)
    return values


def _near(name: str, known: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"There are: {', '.join(f'`{other}`' for other in known)}."


def _example(known: Sequence[str]) -> str:
    return f"Write it as in `{known[0]}=0.1`." if known else ""
