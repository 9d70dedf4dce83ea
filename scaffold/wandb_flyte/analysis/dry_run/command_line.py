"""Parsers of argparse, and what they make of a trial's command line."""

from __future__ import annotations

from typing import Any

from .machine import Machine
from .made import row
from .objects import Arguments, Foreign, Outside
from .tables import Row, Table
from .values import ANY, NO_MARKS, NONE, PLAIN, UNKNOWN, Some, Value, either, join, of

_KINDS: dict[str, type] = {"int": int, "float": float, "str": str, "bool": bool}
_GROUPS = frozenset({"add_argument_group", "add_mutually_exclusive_group", "add_parser"})
_PARSE = frozenset({"parse_args", "parse_intermixed_args", "parse_known_args"})


class CommandLine:
    """Goes through what a program does with parsers of argparse.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine
        # All parsers of a program share what they take: that of a command is one of them.
        self._taken: dict[str, Value] = {}
        # How options are written, with what they do: where they go, and as what type.
        self._flags: dict[str, tuple[str, Arguments]] = {}
        self.is_open = False

    def parser(self, given: Arguments, frame: object) -> Value:
        """A new parser."""
        return of(Foreign("argparse.ArgumentParser"))

    def method(self, option: Foreign, name: str, given: Arguments) -> Value:
        """What a method of a parser gives."""
        if name == "add_argument":
            self._add(given)
            return UNKNOWN
        if name in _GROUPS:
            return of(option)
        if name == "add_subparsers":
            dest = given.get("dest")
            if dest is not None and isinstance(dest.only, str):
                self._taken[dest.only] = UNKNOWN
            return of(option)
        if name == "set_defaults":
            for key, value in given.names.items():
                self._taken[key] = value
            return NONE
        if name in _PARSE:
            return self._parsed(name, given)
        if name == "get_default":
            return UNKNOWN
        return UNKNOWN

    def _add(self, given: Arguments) -> None:
        names = [one.only for one in given.places]
        self.is_open |= not all(isinstance(one, str) for one in names) or given.more is not None
        texts = [one for one in names if isinstance(one, str)]
        dest = given.get("dest")
        where = dest.only if dest is not None else None
        if not isinstance(where, str):
            long = next((one for one in texts if one.startswith("--")), "".join(texts[:1]))
            where = long.lstrip("-").replace("-", "_")
        if where:
            by_place = not any(one.startswith("-") for one in texts)
            self._taken[where] = UNKNOWN if by_place else self._left_out(given)
            self._flags.update(dict.fromkeys(texts, (where, given)))

    def _left_out(self, given: Arguments) -> Value:
        """What an option leaves in the arguments when it is not given."""
        default, action = given.get("default"), given.get("action")
        needed = given.get("required")
        if needed is not None and needed.only is not False:
            return UNKNOWN  # Without it, the parser stops.
        if default is not None:
            kind = given.get("type")
            only, text = kind.only if kind is not None else None, default.only
            known = (
                _KINDS.get(only.name.removeprefix("builtins."))
                if isinstance(only, Outside)
                else None
            )
            if isinstance(text, str) and kind is not None and known is not str:
                return Value((Some(known) if known is not None else ANY,), default.marks)
            return default
        what = action.only if action is not None else None
        flags: dict[Any, Value] = {"store_true": of(False), "store_false": of(True)}
        return flags.get(what, NONE) if isinstance(what, str | None) else UNKNOWN

    def _take_words(self, items: dict[str, Value]) -> None:
        """Puts what the command line gives for each hyperparameter where its option goes."""
        for name, value in self._m.given.words.items():
            exact = [flag for flag in self._flags if flag == f"--{name}"]
            near = [flag for flag in self._flags if flag.startswith(f"--{name}")]
            found = exact or (near if len({self._flags[one][0] for one in near}) == 1 else [])
            if found:
                where, given = self._flags[found[0]]
                items[where] = self._converted(value, given)
            elif self.is_open:
                items["?"] = join([items.get("?", UNKNOWN), UNKNOWN.marked(value.marks)])
        if "?" in items:
            unknown = items.pop("?")
            items.update({key: join([one, unknown]) for key, one in items.items()})

    def _converted(self, value: Value, given: Arguments) -> Value:
        """What an option makes of a word."""
        kind, action = given.get("type"), given.get("action")
        if action is not None or given.get("nargs") is not None:
            return UNKNOWN.marked(value.marks)
        text = either([_as_text(one) for one in value.options], value.marks)
        return text if kind is None else self._m.calls.call(kind, Arguments([text]))

    def _parsed(self, name: str, given: Arguments) -> Value:
        words = given.get("args", 0)
        only = words.only if words is not None else None
        own = isinstance(only, Row) and only.items is not None
        items = dict(self._taken)
        if own and words is not None:
            marks = self._m.marks_in(words)
            items = dict.fromkeys(items, UNKNOWN.marked(marks))
        else:
            items.update(self._m.given.options)
            self._take_words(items)
        if self._m.given.by_hand:
            told = self._m.given.options
            items = {k: v if k in told else join([v, UNKNOWN]) for k, v in items.items()}
        rest = UNKNOWN if self._m.given.by_hand else None
        if self.is_open:
            every = [one.marks for one in self._m.given.words.values()]
            rest = UNKNOWN.marked(NO_MARKS.union(*every))
        made = of(Table(items, rest, attributes=True))
        filled = given.get("namespace")
        if filled is not None and filled.only is not None:
            for key, value in items.items():
                self._m.attributes.put(filled, key, value)
            made = join([filled])
        if name == "parse_known_args":
            marks = NO_MARKS.union(*(one.marks for one in self._m.given.words.values()))
            return row([made, of(Row(None, Value((Some(str),), marks)))], is_tuple=True)
        return made


def _as_text(option: Any) -> Any:
    """A value, as a word of a command line."""
    return str(option) if isinstance(option, PLAIN) else Some(str)
