"""Items of a sweep's command that mean something else to W&B than to whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import in_document, near
from wandb_flyte.generate.check.trial.command import ARGS, MACROS
from wandb_flyte.generate.names import show
from wandb_flyte.spec import SweepConfig, SweepDocument

_MACRO = re.compile(r"\$\{[^}]*\}")
# What a shell would put the value of a variable for.
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_SHELLS = frozenset({"ash", "bash", "dash", "ksh", "sh", "zsh"})
_FLAG = re.compile(r"--?[A-Za-z][\w-]*")
_OPTION = re.compile(r"--[A-Za-z][\w-]*(=|$)")
# An override of Hydra's, in which `${name}` is a value of its config.
_OVERRIDE = re.compile(r"\+{0,2}[a-z_][\w./@]*=")


def check_items(document: SweepDocument, sweep: SweepConfig) -> Iterator[Finding]:
    """Macros that W&B does not have or leaves as they are, and what only a shell would read.

    An item that is a macro as a whole is filled in, or dropped; in others only environment
    variables are (wandb/wandb_agent.py).
    """
    words = sweep.command or ()
    for index, item in enumerate(words):
        is_script = _is_script(words[:index])
        found = _macros(item, is_script=is_script)
        for message, hint, code in (*found, *(_words(item) if not is_script else ())):
            yield in_document(document, ("command", str(index)), message, hint, code, "warning")


def _is_script(before: Sequence[str]) -> bool:
    """Whether what comes after these words is what a shell runs: `sh -c`."""
    return before[-1:] == ("-c",) and PurePosixPath("".join(before[-2:-1])).name in _SHELLS


def _macros(item: str, *, is_script: bool) -> Iterator[tuple[str, str, str]]:
    macros = [one for one in _MACRO.findall(item) if not one.startswith("${envvar:")]
    if is_script or _OVERRIDE.match(item):
        macros = [one for one in macros if one in MACROS]  # The others are the shell's, or Hydra's.
    if macros == [item] and item not in MACROS:
        other = near(item.strip("${}"), [known.strip("${}") for known in ARGS] + ["envvar:NAME"])
        hint = f"Did you mean `${{{other}}}`?" if other else "Take it out."
        yield f"`{show(item)}` is no macro of W&B's, which drops it.", hint, "WF204"
    elif macros and macros != [item]:
        message = f"`{show(macros[0])}` stays as it is: a macro is an item of its own."
        yield message, "Write `${args}` as one item: it gives every hyperparameter.", "WF204"


def _words(item: str) -> Iterator[tuple[str, str, str]]:
    flag, *rest = item.split() or [""]
    if variable := _VARIABLE.search(item):
        message = f"`{show(variable[0])}` stays as it is: no shell reads the command."
        yield message, f"Write `${{envvar:{show(variable[1])}}}`.", "WF209"
    elif item.startswith("~/"):
        message = f"`{show(item)}` stays as it is: no shell reads the command."
        yield message, "Write the whole path.", "WF209"
    elif rest and (_FLAG.fullmatch(flag) or all(map(_OPTION.match, (flag, rest[0])))):
        yield f"`{show(item)}` is one word to the program.", "Write an item for each word.", "WF209"
