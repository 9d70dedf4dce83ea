"""Hyperparameters that the command itself sets to another value, in words behind theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import takewhile

from wandb_flyte.analysis.command_line.interface import option_for
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.command import ARGS

# What takes the last of several values of an option.
_LAST_WINS = frozenset({"absl", "argparse", "click", "fire", "typer"})


def outdone(case: Case) -> Mapping[str, str]:
    """The hyperparameters that reach the code as words alone, each with the word that wins.

    Args:
        case: The sweep and its code.
    """
    program, command, parts = case.program, case.command, case.sweep.command or ()
    if command is None or not command.passes or not parts or program.interface.rewrites:
        return {}
    last = max(index for index, part in enumerate(parts) if part in ARGS)
    words = [part for part in parts[last + 1 :] if not part.startswith("${")]
    found = _overrides(words) if program.interface.style == "hydra" else _options(case, words)
    reads = (program.config, program.merged)
    return {
        name: word
        for name in case.sweep.names
        if (word := found.get(name)) and not any(one.may_read((name,)) for one in reads)
    }


def _options(case: Case, words: list[str]) -> dict[str, str]:
    interface, command = case.program.interface, case.command
    assert command is not None  # noqa: S101 - the caller looked
    # Words behind a subcommand, or a rest that is taken as it is, may be meant for another parser.
    rest = any(option.many and not option.names[0].startswith("-") for option in interface.options)
    if interface.style not in _LAST_WINS or command.passes != "flags" or interface.commands or rest:
        return {}
    found: dict[str, str] = {}
    for word in takewhile(lambda word: word != "--", words):
        for name in case.sweep.names:
            option = option_for(interface, name, command.words)
            # Of several values some options keep all.
            keeps_one = option is not None and option.type and not option.many
            if option is not None and keeps_one and word.partition("=")[0] in option.names:
                found[name] = word
    return found


def _overrides(words: list[str]) -> dict[str, str]:
    """What is overridden in Hydra's config; the last override of a key wins, dicts are merged."""
    keys = ((re.match(r"(?:\+\+)?([\w.]+)=(?!{)", word), word) for word in words)
    return {key.group(1): word for key, word in keys if key is not None}
