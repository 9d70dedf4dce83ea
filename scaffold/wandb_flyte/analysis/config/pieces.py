"""Whether a program has the pieces that a name could be put together from, wherever they stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator

from wandb_flyte.analysis.source.kinds import called_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.tracing.flow import Flow

# What lists words: `"loss acc".split()`, and texts with commas.
_BETWEEN = re.compile(r"[\s,;|]+")
_WORDS = re.compile(r"[A-Za-z][\w-]*(?:[\s,;|]+[A-Za-z][\w-]*)*")
_LONGEST = 300
_PAIR = 2
# What makes variables texts, and what makes attributes, classes and functions some.
_ALL_NAMES = frozenset({"globals", "locals"})
_REFLECTS = frozenset(
    {
        *("__annotations__", "__dict__", "__name__", "__qualname__", "__slots__", "_asdict"),
        *("asdict", "astuple", "dir", "fields", "getmembers", "vars"),
    }
)
# What makes other letters of a text.
_LETTERS: tuple[Callable[[str], str], ...] = (
    *(str.capitalize, str.casefold, str.lower, str.swapcase, str.title, str.upper),
)
# What takes something off the ends of a text.
_STRIPS = frozenset({"lstrip", "removeprefix", "removesuffix", "rstrip", "strip"})
_SIGNS = " -./:_"


class Pieces:
    """The texts and names of a program, each of which may become a part of a text.

    Args:
        flow: The program.
        texts: The texts that it writes out.
    """

    def __init__(self, flow: Flow, texts: Iterable[str]) -> None:
        scopes = flow.scopes.everywhere
        nodes = [node for scope in scopes for node in scope.nodes]
        named = {getattr(node, "id", getattr(node, "attr", "")) for node in nodes}
        self._letters = [one for one in _LETTERS if one.__name__ in named]
        self._replaced = {pair for one in scopes for pair in _replacements(one)}
        self._strips = not named.isdisjoint(_STRIPS)
        found = {word for one in texts for word in _words(one, splits="split" in named)}
        if not named.isdisjoint(_REFLECTS):
            found |= named | {scope.node.name for scope in scopes if scope.node is not None}
            found |= set(flow.scopes.classes)
            found |= {one.rpartition(".")[2] for m in flow.sources.modules for one in _imported(m)}
        elif not named.isdisjoint(_ALL_NAMES):
            found |= named
        for classes in flow.scopes.classes.values():
            found |= {one for owner in classes for one in _members(owner)}
        self._all = self._changed(found)

    def make(self, name: str, more: Iterable[str] = ()) -> bool:
        """Whether a name is one of the pieces, or some of them with signs between.

        Args:
            name: The name.
            more: Pieces from elsewhere.
        """
        pieces = self._all | self._changed(more)
        ends = [True] + [False] * len(name)
        for end in range(1, len(name) + 1):
            is_sign = not name[end - 1].isalnum() and ends[end - 1]
            ends[end] = is_sign or any(
                ends[start] and name[start:end] in pieces for start in range(end)
            )
        return ends[-1]

    def _changed(self, found: Iterable[str]) -> set[str]:
        """Some texts as they are, and in the form that the program may give them."""
        plain = {one for one in found if one}
        for old, new in self._replaced:
            plain |= {one.replace(old, new) for one in plain if old in one}
        if self._strips:
            plain |= {one.strip(_SIGNS) for one in plain} - {""}
        return plain.union(*({change(one) for one in plain} for change in self._letters))


def _replacements(scope: Scope) -> Iterator[tuple[str, str]]:
    """What a function replaces in texts, and by what: `key.replace("_", " ")`."""
    for call in scope.calls:
        if called_name(call) == "replace" and len(call.args) == _PAIR:
            old, new = map(text, call.args)
            if old and new is not None:
                yield old, new


def _words(plain: str, *, splits: bool) -> Iterator[str]:
    yield plain
    if len(plain) < _LONGEST and (splits or "," in plain) and _WORDS.fullmatch(plain):
        yield from _BETWEEN.split(plain)


def _imported(module: Module) -> Iterable[str]:
    return (*module.outside, *module.outside.values())


def _members(owner: ast.ClassDef) -> Iterator[str]:
    """What a class binds: the members of an enumeration, fields."""
    for child in owner.body:
        for target in getattr(child, "targets", [getattr(child, "target", None)]):
            if isinstance(target, ast.Name):
                yield target.id
