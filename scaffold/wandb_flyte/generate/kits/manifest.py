"""`kit.toml`, read and checked: everything that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from wandb_flyte._toml import NotToml, read_toml, toml_lines
from wandb_flyte.errors import Finding, printable

from ..paths import is_inside
from .language import check_placeholders
from .model import BUDGET, COUNTS, SETTINGS, Manifest

FILE = "kit.toml"

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 200
_RUN = frozenset({"_tasks", "_migrations", "_jinja_extensions", "tasks", "migrations"})
_TABLES = ("defaults", "fixed", "caps", "profiles", "prices", "moves")
_TEXTS = ("name", "summary", "extends", "starter", "currency")
# How each resource is written.
_RESOURCES = {
    "cpu": "`4`",
    "memory": '`"16Gi"`',
    "gpu": '`1` or `"A100:1"`',
    "disk": '`"16Gi"`',
    "shm": '`"16Gi"`',
}
_PRICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}")

_WANDB_NAME = r"[^/\\#?%:\s]{1,128}"
_SHAPES = {
    "entity": (_WANDB_NAME, "a W&B entity"),
    "project": (_WANDB_NAME, "a W&B project"),
    "backend": ("auto|local|wandb", "`auto`, `local` or `wandb`"),
    "profile": (NAME.pattern, "the name of a profile"),
    "host": (r"https?://[0-9A-Za-z.-]+(:\d+)?(/[0-9A-Za-z._/-]*)?", "a server's URL"),
    "registry": (r"[0-9a-z][0-9A-Za-z._:/-]*", "an image registry"),
    "base_image": (r"[0-9a-z][0-9A-Za-z._:/@-]*", "the name of an image"),
    "secret": (r"[0-9A-Za-z][0-9A-Za-z._-]*", "the name of a secret"),
}


def read_manifest(content: bytes) -> tuple[Manifest, list[Finding]]:
    """Reads a `kit.toml`.

    Returns:
        What it says, and what is wrong with it; with findings the first is of no use.
    """
    try:
        loaded, text = read_toml(content)
    except NotToml as error:
        return Manifest(""), [Finding(error.message, file=FILE, line=error.line)]
    findings = list(_check(loaded))
    if findings:
        return Manifest(""), _with_lines(findings, text)
    texts: dict[str, Any] = {key: loaded[key] for key in _TEXTS if key in loaded}
    tables: dict[str, Any] = {key: loaded.get(key, {}) for key in _TABLES}
    return Manifest(**texts, **tables, yours=tuple(loaded.get("yours", ()))), []


def line_of(content: bytes, *paths: str) -> int | None:
    """The line of a `kit.toml` that the first of these paths stands in which is there."""
    lines = _lines(read_toml(content)[1])
    return next((lines[path] for path in paths if path in lines), None)


def _with_lines(findings: Iterable[Finding], text: str) -> list[Finding]:
    """The findings, each with the line of what it is about, or of what that stands in."""
    lines = _lines(text)
    return [replace(found, line=_nearest(found.path, lines)) for found in findings]


def _lines(text: str) -> dict[str, int]:
    return {".".join(map(printable, path)): line for path, line in toml_lines(text).items()}


def _nearest(path: str, lines: Mapping[str, int]) -> int | None:
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return lines.get(path)


def _check(loaded: Mapping[str, Any]) -> Iterator[Finding]:
    name = loaded.get("name")
    if name is None:
        yield Finding("It has no `name`.", 'Write `name = "my-team"`, for example.', FILE)
    elif not isinstance(name, str) or not NAME.fullmatch(name) or len(name) > 40:
        hint = "Write it in lower-case letters and digits, with `-` between: `my-team`."
        yield _wrong("name", name, "a kit's name", hint)
    for key in [key for key in loaded if key not in {*_TABLES, *_TEXTS, "yours"}]:
        if key in _RUN:
            yield Finding("A kit runs no code.", "Take it out.", FILE, path=printable(key))
        else:
            known = ", ".join(f"`{name}`" for name in (*_TEXTS, *_TABLES, "yours"))
            message = f"`{printable(key)}` means nothing."
            yield Finding(message, f"There is {known}.", FILE, path=printable(key))
    for key in _TEXTS:
        value = loaded.get(key, "")
        if key != "name" and not (isinstance(value, str) and value.isprintable()):
            yield _wrong(key, value, "a line of text")
    yield from _check_names("yours", loaded.get("yours", []))
    for key in _TABLES:
        if not isinstance(loaded.get(key, {}), dict):
            yield _wrong(key, loaded[key], "a table")
        else:
            yield from _CHECKS[key](loaded.get(key, {}))
    for key in sorted(_keys(loaded, "defaults") & _keys(loaded, "fixed")):
        message = f"`{key}` is both a default and fixed."
        yield Finding(message, "Keep one.", FILE, path=f"fixed.{key}")


def _keys(loaded: Mapping[str, Any], table: str) -> set[str]:
    value = loaded.get(table, {})
    return set(value) if isinstance(value, dict) else set()


def _check_answers(table: str) -> Callable[[Mapping[str, Any]], Iterator[Finding]]:
    def check(values: Mapping[str, Any]) -> Iterator[Finding]:
        for key, value in values.items():
            path = f"{table}.{printable(key)}"
            if key not in SETTINGS:
                known = ", ".join(f"`{name}`" for name in SETTINGS)
                hint = f"There is {known}."
                yield Finding(f"`{printable(key)}` is no answer.", hint, FILE, path=path)
            elif key in COUNTS:
                yield from _check_count(path, value)
            else:
                shape, meaning = _SHAPES[key]
                fits = isinstance(value, str) and re.fullmatch(shape, value)
                if not (fits and len(value) <= _LONGEST and value.isprintable()):
                    yield _wrong(path, value, meaning)

    return check


def _check_count(path: str, value: Any) -> Iterator[Finding]:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1_000_000:
        yield _wrong(path, value, "a number from 1 to 1000000")


def _check_caps(values: Mapping[str, Any]) -> Iterator[Finding]:
    for key, value in values.items():
        if key in BUDGET:
            if not _is_price(value):
                yield _wrong(f"caps.{key}", value, "an amount")
        elif key not in COUNTS:
            hint = "There is " + ", ".join(f"`{name}`" for name in (*COUNTS, *BUDGET)) + "."
            path = f"caps.{printable(key)}"
            yield Finding(f"`{printable(key)}` has no cap.", hint, FILE, path=path)
        else:
            yield from _check_count(f"caps.{key}", value)


def _check_profiles(values: Mapping[str, Any]) -> Iterator[Finding]:
    for name, resources in values.items():
        path = f"profiles.{printable(name)}"
        if not NAME.fullmatch(name):
            yield _wrong(path, name, "the name of a profile", "Write it like `a100x1`.")
        if not isinstance(resources, dict):
            yield _wrong(path, resources, "a table")
            continue
        for key, value in resources.items():
            if key not in _RESOURCES:
                known = ", ".join(f"`{name}`" for name in _RESOURCES)
                message = f"`{printable(key)}` is no resource."
                hint = f"There is {known}."
                yield Finding(message, hint, FILE, path=f"{path}.{printable(key)}")
            elif not _is_amount(key, value):
                hint = f"Write it like {_RESOURCES[key]}."
                yield _wrong(f"{path}.{key}", value, "an amount", hint)


def _is_amount(key: str, value: Any) -> bool:
    if isinstance(value, str):
        return bool(re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z. :_-]{0,63}", value))
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and key in ("cpu", "gpu") and 0 <= value <= 10_000


def _check_prices(values: Mapping[str, Any]) -> Iterator[Finding]:
    for name, price in values.items():
        path = f"prices.{printable(name)}"
        if not _PRICE_NAME.fullmatch(name):
            yield _wrong(path, name, "the name of a resource")
        elif not _is_price(price):
            yield _wrong(path, price, "what an hour costs")


def _is_price(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9


def _check_moves(values: Mapping[str, Any]) -> Iterator[Finding]:
    for old, new in values.items():
        yield from _check_names(f"moves.{printable(old)}", [old, new])


def _check_names(key: str, names: Any) -> Iterator[Finding]:
    if not isinstance(names, list):
        yield _wrong(key, names, "a list of names")
        return
    for name in names:
        if not isinstance(name, str) or not is_inside(name):
            yield _wrong(key, name, "the name of a file of a project")
        else:
            for finding in check_placeholders(name):
                yield Finding(finding.message, finding.hint, FILE, path=key)


def _wrong(path: str, value: Any, meaning: str, hint: str = "") -> Finding:
    return Finding(f"`{printable(str(value))[:80]}` is not {meaning}.", hint, FILE, path=path)


_CHECKS: dict[str, Callable[[Mapping[str, Any]], Iterator[Finding]]] = {
    "defaults": _check_answers("defaults"),
    "fixed": _check_answers("fixed"),
    "caps": _check_caps,
    "profiles": _check_profiles,
    "prices": _check_prices,
    "moves": _check_moves,
}
