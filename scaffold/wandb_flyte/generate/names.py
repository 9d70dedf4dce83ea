"""Which names a project can have, and which Python package comes of them."""

from __future__ import annotations

import keyword
import re
import sys
import sysconfig
import unicodedata
from importlib.machinery import PathFinder
from pathlib import Path

from wandb_flyte.errors import Finding, printable

# What a project says of its own making.
ANSWERS = ".copier-answers.yml"

# What Python, Flyte's environment names and package indexes all take.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*")
_LONGEST = 40
# Folders that a project has a use for, one of which git ignores, and the runtime's own package.
_TAKEN = frozenset({"dist", "program", "tests", "wheels", "wandb_flyte"})


def package_name(project: str) -> str:
    """The import package of a project with this name."""
    return project.replace("-", "_").lower()


def check_project_name(name: str) -> list[Finding]:
    """What keeps a name from being a project's: at most one finding."""
    if finding := _check_form(name, "project"):
        return [finding]
    problem = _collision(package_name(name))
    if problem:
        message = f"The project name `{show(name)}` {problem}."
        return [Finding(message, f"Try `{suggest_name(name)}`.")]
    return []


def check_sweep_name(name: str) -> list[Finding]:
    """What keeps a name from being that of a project's further sweep: at most one finding."""
    if finding := _check_form(name, "sweep"):
        return [finding]
    package = package_name(name)
    problem = _collision(package, "would be taken for")
    if package == "agent":  # Flyte's environments are named after the sweeps.
        problem = "is what the first sweep's agents are called"
    if problem:
        message = f"The sweep name `{show(name)}` {problem}."
        return [Finding(message, f"Try `{suggest_name(name + '-sweep')}`.")]
    return []


def has_name_form(name: str) -> bool:
    """Whether a text is written as the name of a project or a sweep is."""
    return len(name) <= _LONGEST and _NAME.fullmatch(name) is not None


def _check_form(name: str, what: str) -> Finding | None:
    shown = show(name)
    if not name.strip():
        return Finding(f"The {what} name is empty.", f"Give one, such as `{suggest_name(name)}`.")
    if not _NAME.fullmatch(name):
        return Finding(
            f"The {what} name `{shown}` can't be a Python package's.",
            "Use ASCII letters and digits with single `-` or `_` between them, "
            f"letters first: `{suggest_name(name)}`.",
        )
    if len(name) > _LONGEST:
        message = f"The {what} name `{shown}` has {len(name)} characters."
        return Finding(message, f"Use at most {_LONGEST}.")
    return None


def suggest_name(name: str) -> str:
    """A name close to this one that a project can have."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", ascii_only)
    while words and not words[0][0].isalpha():
        words[0] = words[0].lstrip("0123456789")
        words = [word for word in words if word]
    suggestion = "-".join(words)[:_LONGEST].rstrip("-").lower()
    if not suggestion:
        return "my-sweep"
    if _collision(package_name(suggestion)):
        return f"{suggestion[: _LONGEST - len('-sweep')]}-sweep"
    return suggestion


def show(text: str) -> str:
    """A stranger's text for a message: on one line, without control characters, not endless."""
    plain = printable(text)
    return plain if len(plain) <= 80 else f"{plain[:77]}..."


def show_path(path: Path | None) -> str:
    """A path for a message, whole: its end says most."""
    return printable(str(path))


def _collision(package: str, clash: str = "would hide") -> str:
    if keyword.iskeyword(package) or package in ("true", "false", "none"):
        return "is a Python keyword"
    if package in sys.stdlib_module_names:
        return f"{clash} the module `{package}` of Python's standard library"
    if package in _TAKEN:
        return f"would collide with `{package}`, which projects have anyway"
    paths = sysconfig.get_paths()
    if PathFinder.find_spec(package, list({paths["purelib"], paths["platlib"]})) is not None:
        return f"{clash} the installed package `{package}`"
    return ""
