"""Whether the code logs the sweep's metric."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from wandb_flyte.analysis.metrics.log_keys import fits
from wandb_flyte.analysis.metrics.logs import TRAINERS, Logs
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, near, shown, spelled_otherwise
from wandb_flyte.generate.check.trial.hydra import may_say
from wandb_flyte.generate.check.trial.loggers import never_sent
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.check.trial.unmade_classes import UnmadeClasses
from wandb_flyte.generate.check.trial.validation import never_validates
from wandb_flyte.generate.names import show

from .behind import find_behind, step_of
from .style import is_fixed

# Said of a metric that only a number that an objective returns can be.
RETURNED = "In a project the number that it returns is the metric; to `wandb.agent` it is none."
# What W&B's charts can have on their horizontal axis beside what is logged.
_AXES = frozenset({"Step", "Relative Time (Process)", "Relative Time (Wall)", "Wall Time"})
# What Ultralytics measures boxes by.
_OF_BOXES = re.compile(r"(?<![A-Za-z])(mAP50(-95)?|precision|recall)$")
# What `define_metric(summary=...)` puts behind a name.
_SUMMARIES = re.compile(r"\.(min|max|mean|best|last|first)$")


def check_metric(
    case: Case, returned: tuple[str, ...] = (), switches: Switches | None = None
) -> Iterator[Finding]:
    """The metric that is never logged, or logged under another name.

    Args:
        case: The sweep and its code.
        returned: Names that the objective returns, which count as logged.
        switches: What is known of a script's conditions.
    """
    sweep, logs = case.sweep, case.program.logs
    if sweep.metric is None:
        return
    name = _SUMMARIES.sub("", sweep.metric.name)
    outer = [name[: match.start()] for match in re.finditer(r"\.", name)]
    known = {*logs.names, *returned, *logs.by_trainers}
    if switches is not None and (shut := _shut(case, name, switches)) is not None:
        yield shut
        return
    if switches is not None and (dropped := _dropped(case, name, switches)) is not None:
        yield dropped
    yield from _sometimes(case, name, returned)
    if sweep.metric.name in known or name in known:
        return
    parts = (name, *outer)
    if name in _AXES and not logs.shows(name):
        message = f"`{show(name)}` is an axis of W&B's charts, and no metric: nothing logs it."
        hint = "Name what the program logs."
        yield case.in_sweep(("metric", "name"), message, hint, "WF301")
        return
    may_log, spelled = any(map(logs.may_log, parts)), spelled_otherwise(name, known)
    unseen = may_log and not _is_plain(case, parts)
    if (unseen and not spelled) or (may_log and _is_said(case, parts, switches)):
        return
    if not known and not case.program.complete:
        return
    what = "objective" if case.program.function is not None else "program"
    verb = "logs or returns" if case.program.function is not None else "logs"
    other = (
        spelled
        or _inside(name, known)
        or near(name, known)
        or _same_words(name, known)
        or _by_trainer(name, logs)
    )
    seen = ", as far as can be seen" if unseen or (may_log and logs.foreign) else ""
    if other:
        message = f"The {what} never {verb} `{show(sweep.metric.name)}`{seen}, but `{show(other)}`."
        hint = f"Write `name: {show(other)}`, or log it under the metric's name."
        code = "WF302"
    else:
        names = [show(key) for key in sorted(known)[:12]] + [f"{one}..." for one in logs.begins]
        made = [_in_short(one) for one in sorted(logs.patterns)]
        names = names or [show(one) for one in made if re.search("[A-Za-z]", one)][:4]
        nothing = "nothing under a name that it writes out" if logs.unclear else "nothing"
        logged = ", ".join(f"`{one}`" for one in names) or nothing
        message = f"The {what} never {verb} `{show(sweep.metric.name)}`{seen}; it logs {logged}."
        hint, code = "Without it no trial is the best one.", "WF301"
    yield case.in_sweep(("metric", "name"), message, hint, code)


def _in_short(pattern: str) -> str:
    """A name that is put together, with `...` for what is not written out."""
    return re.sub(r"\\(.)", r"\1", pattern.replace(".*", "..."))


def is_returned(finding: Finding) -> bool:
    """Whether a finding misses a metric that a project has from the objective's own number."""
    return finding.code == "WF301" and finding.hint == RETURNED


def _is_plain(case: Case, parts: tuple[str, ...]) -> bool:
    """Whether the program makes all names itself that it logs under."""
    program, logs = case.program, case.program.logs
    others = logs.handed or logs.started or logs.made or program.imports_by_name
    if others or logs.any_by_others or not program.complete:
        return False
    if not logs.foreign:
        return True
    from wandb_flyte.generate.check.trial.unseen_names import may_come_unseen

    return not may_come_unseen(case, parts)


def _is_said(case: Case, parts: tuple[str, ...], switches: Switches | None) -> bool:
    logs, mentions = case.program.logs, case.program.mentions
    config = switches.known.hydra_config if switches is not None else None
    if case.program.hydra.used and any(may_say(part, config) for part in parts):
        return True
    # What Ultralytics puts behind its names may be taken off them.
    of_yolo = "YOLO" in logs.integrations and parts[0].startswith("metrics/")
    if of_yolo and any("(B" in one or r"\(" in one for one in mentions.texts.plain):
        return True
    return any(logs.shows(part) or mentions.texts.may_say(part) for part in parts)


def _shut(case: Case, name: str, switches: Switches) -> Finding | None:
    """The metric that is only logged where no trial comes to."""
    logs = case.program.logs
    places = logs.places.get(name, []) if logged_in_sight(case, name) else []
    condition = switches.all_closed(places)
    if not condition and never_validates(places, case.program):
        message = f"`{show(name)}` is only logged in validation, for which `fit` gets no data."
        hint = "Give `fit` a `val_dataloaders`, or name what is logged in training."
        return case.in_code(logs.names[name], message, hint, "WF301", "warning")
    if not condition and (closed := never_sent(places, case.program, switches)):
        message = f"Lightning gets its `WandbLogger` only where {closed}: in no trial."
        hint = "Without it nothing of what `self.log` is given comes to W&B."
        return case.in_code(logs.names[name], message, hint, "WF301", "warning")
    if not condition:
        return _unmade(case, name, places)
    message = f"`{show(name)}` is only logged where {condition}: in no trial."
    hint = "Change the command, the sweep, or the option's default."
    return case.in_code(logs.names[name], message, hint, "WF301", "warning")


def _unmade(case: Case, name: str, places: list[tuple[ast.AST, Scope]]) -> Finding | None:
    """The metric that only methods of classes log which nothing makes an object of."""
    owners = [scope.within for _, scope in places]
    if not owners or None in owners:
        return None
    unmade = UnmadeClasses(case.program)
    if not all(owner is not None and unmade.has(owner) for owner in owners):
        return None
    first = next(owner.name for owner in owners if owner is not None)
    message = (
        f"`{show(name)}` is only logged by `{show(first)}`, and nothing makes an object of it."
    )
    hint = "Use the class, or name what the program logs."
    return case.in_code(case.program.logs.names[name], message, hint, "WF301", "warning")


def logged_in_sight(case: Case, name: str) -> bool:
    """Whether a metric is logged where the source shows it, and nowhere else."""
    logs = case.program.logs
    unseen = logs.integrations or logs.unseen or not case.program.complete
    return not unseen and not any(fits(one, name) for one in logs.patterns)


def _dropped(case: Case, name: str, switches: Switches) -> Finding | None:
    """The metric whose rows W&B drops."""
    logs = case.program.logs
    found = (
        find_behind(name, logs, case.program.flow, switches)
        if logged_in_sight(case, name)
        else None
    )
    if found is None:
        return None
    (call, scope), (other, beside) = found
    step = ast.unparse(step_of(call) or call)
    ahead = f"{shown(beside.module.file)}:{other.lineno}"
    message = (
        f"`{show(name)}` is logged with `step={show(step)}`, which the run is past by then: "
        f"{ahead} counts faster. W&B drops the row."
    )
    hint = f"Log `{show(step)}` as a value of its own, without `step=`."
    return case.in_code(scope.place(call), message, hint, "WF305", "warning")


def _sometimes(case: Case, name: str, returned: tuple[str, ...]) -> Iterator[Finding]:
    logs = case.program.logs
    if name not in logs.guarded or name in logs.free or name in returned or logs.unseen:
        return
    keys, place = logs.guarded[name]
    searched = [
        parameter.name
        for parameter in case.sweep.parameters
        if not is_fixed(parameter) and any(parameter.path[: len(key)] == key for key in keys)
    ]
    if searched and not logs.integrations:
        message = f"`{show(name)}` is only logged where `{show(searched[0])}` lets it."
        hint = "The other trials can't be compared: log it always."
        yield case.in_code(place, message, hint, "WF303", "warning")


def _inside(name: str, known: set[str]) -> str:
    """The only name with the metric's in it: `val_f1.f1` or `epoch/val_f1` for `val_f1`."""
    found = [one for one in known if one.startswith(f"{name}.") or one.endswith(f"/{name}")]
    return found[0] if len(found) == 1 else ""


def _same_words(name: str, known: set[str]) -> str:
    """The only logged name that says the same: `valid/loss` for `val_loss`."""
    found = [other for other in known if _words(other) == _words(name)]
    return found[0] if len(found) == 1 else ""


def _by_trainer(name: str, logs: Logs) -> str:
    """What another package makes of a name: Hugging Face's trainers of `val/loss` `eval/loss`."""
    if "WandbMetricsLogger" in logs.integrations:
        return f"epoch/{name}"
    if "YOLO" in logs.integrations and (measure := _OF_BOXES.search(name)) is not None:
        return f"metrics/{measure[0]}(B)"
    part, *rest = re.split(r"[_/]", name, maxsplit=1)
    part = "eval" if part in ("dev", "val", "valid", "validation") else part
    by_trainer = bool(logs.integrations & TRAINERS) and part in ("eval", "test", "train")
    other = f"{part}/{rest[0]}" if by_trainer and rest else ""
    return other if other != name and logs.shows(other) else ""


def _words(name: str) -> frozenset[str]:
    short = {
        "validation": "val",
        "valid": "val",
        "eval": "val",
        "accuracy": "acc",
        "training": "train",
    }
    words = [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]
    return frozenset(short.get(word, word) for word in words)
