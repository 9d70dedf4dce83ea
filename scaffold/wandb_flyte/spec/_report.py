"""Collects findings while a sweep config is read, and reads its numbers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from wandb_flyte.errors import Finding, printable

Path = tuple[str, ...]

# How many of several texts are named.
_NAMED = 2

# Numbers to people, text to YAML 1.1: it wants a dot and a sign in front of the exponent.
_EXPONENT = re.compile(r"([-+]?)(\d+\.?\d*|\.\d+)[eE]([-+]?)(\d+)")


class Report:
    """What was found wrong with one config.

    Args:
        file: The file's name, empty when the config came as a dict.
        line: Gives the line of a path in that file.
        findings: What reading the file has found already.
        unknown: Where values stand that are not known, and not reported on.
        is_yaml: Whether it is a YAML file.
    """

    def __init__(
        self,
        file: str = "",
        line: Callable[[Path], int | None] = lambda _: None,
        findings: list[Finding] | None = None,
        unknown: Sequence[Path] = (),
        *,
        is_yaml: bool = True,
    ) -> None:
        self._file = file
        self.line = line
        self._findings = findings or []
        self._unknown = unknown
        self._is_yaml = is_yaml

    def is_unknown(self, path: Path) -> bool:
        """Whether something at a place, or inside of it, is not known."""
        return any(one[: len(path)] == path for one in self._unknown)

    @property
    def errors(self) -> int:
        """How many errors there are so far."""
        return sum(finding.severity == "error" for finding in self._findings)

    def error(self, path: Path, message: str, hint: str = "", *, code: str) -> None:
        """Notes something that has to be mended before the sweep can run."""
        self._findings.append(
            Finding(message, hint, self._file, self.line(path), ".".join(path), "error", code)
        )

    def warning(
        self, path: Path, message: str, hint: str = "", *, code: str, line: int | None = None
    ) -> None:
        """Notes something that runs, but probably not as meant; by default in the path's line."""
        line = line or self.line(path)
        self._findings.append(
            Finding(message, hint, self._file, line, ".".join(path), "warning", code)
        )

    def sorted(self) -> list[Finding]:
        """The findings in the file's order, those about the whole file first."""
        return sorted(self._findings, key=lambda finding: finding.line or 0)

    def number(
        self, holder: Mapping[str, Any], path: Path, *, code: str = "WF014"
    ) -> int | float | None:
        """The finite number under the last name of `path`, None when there is none."""
        value = holder.get(path[-1])
        if value is None and path[-1] not in holder:
            return None
        if isinstance(value, bool) or not isinstance(value, Real):
            is_text = as_number(value) is not None
            self.error(path, *self._not_a_number(value), code="WF013" if is_text else code)
            return None
        try:
            is_finite = math.isfinite(value)
        except OverflowError:
            self.error(path, f"{shown(value)} is too large for a number.", code=code)
            return None
        if not is_finite:
            self.error(path, f"{shown(value)} is not a finite number.", code=code)
            return None
        return int(value) if isinstance(value, Integral) else float(value)

    def integer(
        self, holder: Mapping[str, Any], path: Path, at_least: int, *, code: str
    ) -> int | None:
        """The integer under the last name of `path`, None when there is none."""
        number = self.number(holder, path, code=code)
        if number is None:
            return None
        if number != int(number):
            self.error(path, f"{shown(number)} is not a whole number.", code=code)
        elif number < at_least:
            self.error(path, f"{shown(number)} is too small: {at_least} is the least.", code=code)
        return int(number)

    def text_for_number(self, value: Any) -> tuple[str, str]:
        """What a text that was meant as a number is, and what to write; empty for any other."""
        instead = as_number(value)
        if instead is None:
            return "", ""
        if not self._is_yaml:
            return f"{shown(value)} is text", "Write it without quotes"
        return f"{shown(value)} is text to YAML", f"Write `{instead}`"

    def texts_for_numbers(self, values: Sequence[Any]) -> tuple[str, str]:
        """The same of several texts, of which the first are named."""
        named = [f"{shown(value)}" for value in values[:_NAMED]]
        rest = len(values) - len(named)
        what = f"{', '.join(named)} and {rest} more" if rest else " and ".join(named)
        if not self._is_yaml:
            return f"{what} are text", "Write them without quotes"
        return f"{what} are text to YAML", f"Write `{as_number(values[0])}` and so on"

    def _not_a_number(self, value: Any) -> tuple[str, str]:
        if isinstance(value, str):
            what, instead = self.text_for_number(value)
            if what:
                return f"{what}, not a number.", f"{instead}."
            try:
                float(value)
            except ValueError:
                return f"{shown(value)} is not a number.", ""
            return f"{shown(value)} is text, not a number.", "Write it without quotes."
        if value is None:
            return "It has no value.", "Write a number."
        return f"{shown(value)} is not a number.", ""


def shown(value: Any) -> str:
    """A value in backticks, as YAML writes it, and not longer than a line."""
    text = value
    if not isinstance(text, str):
        text = json.dumps(value, default=repr, ensure_ascii=False)
    text = printable(text)
    return f"`{text[:57]}...`" if len(text) > 60 else f"`{text}`"


def as_number(text: Any) -> str | None:
    """What to write instead of a text such as `1e-5`, None when it was not meant as a number."""
    match = _EXPONENT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    sign, digits, exponent_sign, exponent = match.groups()
    digits = f"0{digits}" if digits.startswith(".") else digits
    whole, _, fraction = digits.partition(".")
    return f"{sign}{whole}.{fraction or '0'}e{exponent_sign or '+'}{exponent}"


def nearest(name: Any, known: Iterable[str]) -> str:
    """The closest known name in backticks, empty when none is close."""
    import difflib

    close = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.7)
    return f"`{close[0]}`" if close else ""


def listed(names: Iterable[str]) -> str:
    """The names in backticks, with commas between."""
    return ", ".join(f"`{name}`" for name in names)
