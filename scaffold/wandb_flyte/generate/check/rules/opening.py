"""Whether a trial opens a run that reaches W&B, and before it reads its config."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path, PurePath

from wandb_flyte.analysis.config.reads import Place
from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.kinds import Kind, full_name, is_remark, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, shown
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show

_NOWHERE = ("disabled", "dryrun", "offline")


def check_opening(case: Case, switches: Switches) -> Iterator[Finding]:
    """A program that opens no run, none that reaches W&B, one too late, or only with an option."""
    program, start = case.program, case.program.flow.start
    what = "The objective" if start is not None else f"`{show(program.file.name)}`"
    if _opens_its_own(case) and _opens_no_run(program):
        used = "`wandb.log` without one fails" if program.logs.names else "nothing of W&B is used"
        message = f"{what} opens no run: {used} in it."
        hint = "Call `wandb.init()`, and read the hyperparameters."
        line = start.node.lineno if start is not None and start.node is not None else 1
        yield Finding(message, hint, shown(program.file), line, "", "error", "WF109")
        return
    yield from _check_order(case)
    yield from _check_imports(case)
    opens, others = program.flow.openings
    if not opens or others or program.logs.opens_by_others or program.starts:
        return
    conditions = [switches.closed(call, scope) for call, scope in opens]
    reached = [one for one, condition in zip(opens, conditions, strict=True) if not condition]
    modes = [_mode(call, scope, switches) for call, scope in reached]
    if not reached and program.complete:
        message = f"{what} opens its run only where {conditions[0]}: in no trial."
        hint = "Change the command, the sweep, or the option's default."
        yield case.in_code(_place(*opens[0]), message, hint, "WF109", "error")
    elif reached and all(mode in _NOWHERE for mode in modes):
        message = f"{what} opens its run with the mode `{modes[0]}`, so nothing of it reaches W&B."
        hint = "Let the mode be `online`, or leave it out."
        yield case.in_code(_place(*reached[0]), message, hint, "WF109", "error")
    elif reached and not any(modes) and (found := _mode_set(case, switches)) is not None:
        mode, place = found
        message = f"`WANDB_MODE` is set to `{mode}` here, so nothing of the run reaches W&B."
        yield case.in_code(place, message, "Take the line out.", "WF109", "error")


def _mode_set(case: Case, switches: Switches) -> tuple[str, Place] | None:
    """The mode that every run sets in its environment, where nothing of it reaches W&B then."""
    names = case.program.names
    found = [
        (value, scope)
        for scope in case.program.flow.scopes.reached
        for target, value in scope.bindings
        if isinstance(target, ast.Subscript)
        and text(target.slice) == "WANDB_MODE"
        and full_name(target.value, scope.module.outside) == "os.environ"
    ]
    if not found or any(text(value) not in _NOWHERE for value, _ in found):
        return None
    value, scope = found[-1]
    is_sure = names.is_certain(value, scope) and switches.sure(value, scope)
    return (text(value) or "", scope.place(value)) if is_sure else None


def _check_imports(case: Case) -> Iterator[Finding]:
    """A file that is started by its path, and imports relatively to a package."""
    command = case.command
    if command is None or command.is_module or case.program.function is not None:
        return
    if case.sweep.command and PurePath(command.program).name != case.program.file.name:
        return  # Something else starts it, such as a package's own command.
    for node in case.program.flow.sources.entry.tree.body:
        if isinstance(node, ast.ImportFrom) and node.level:
            name = show(f"{'.' * node.level}{node.module or ''}")
            message = f"`from {name} import` stops a file that is started by its path."
            hint = "Start it as a module (`-m`), or import without the dot."
            place = (case.program.file, node.lineno)
            yield case.in_code(place, message, hint, "WF113", "error")
            return


def _check_order(case: Case) -> Iterator[Finding]:
    """`wandb.config` that is read before `wandb.init()`: wandb refuses it."""
    if (early := case.program.early) is not None:
        message = "`wandb.config` is read before `wandb.init()`: wandb stops with an error."
        hint = f"Open the run first: line {early.opened} does."
        yield case.in_code(early.place, message, hint, "WF112", "error")


def _opens_its_own(case: Case) -> bool:
    """Whether nothing opens a run for the code: a program, or a plain function that logs itself."""
    start = case.program.flow.start
    if start is None or start.node is None:
        return case.command is not None
    is_alone = not (start.takes or start.node.decorator_list or case.program.starts)
    return is_alone and bool(case.program.logs.names)


def _opens_no_run(program: Program) -> bool:
    logs = program.logs
    if logs.opens_run or logs.unseen or logs.opens_by_others or not program.complete:
        return False
    if not logs.names:
        return not logs.mentions_wandb
    # It logs, and calls nothing that could have opened a run: neither wandb nor another package.
    opens, others = program.flow.openings
    return not opens and not others and _logs_by_wandb(program)


def _logs_by_wandb(program: Program) -> bool:
    """Whether all is logged by `wandb.log`, or by `wandb.run`, and no text names W&B to others."""
    flow = program.flow
    parents = flow.scopes.parents
    for scope in flow.scopes.reached:
        # What a file does when it is imported is not what a trial does.
        is_apart = flow.start is not None and scope.node is None
        for node in scope.nodes:
            word = getattr(node, "arg", None) or text(node) or ""
            names = word == "wandb" if is_apart else "wandb" in word
            if names and not is_remark(node, parents):
                return False
    return all(
        isinstance(node, ast.Call) and _is_of_wandb(node, scope, flow)
        for places in program.logs.places.values()
        for node, scope in places
    )


def _is_of_wandb(log: ast.Call, scope: Scope, flow: Flow) -> bool:
    base = log.func.value if isinstance(log.func, ast.Attribute) else None
    return flow.is_of_wandb(log, "log", scope) or flow.kinds(base, scope) == {Kind("run")}


def _mode(call: ast.Call, scope: Scope, switches: Switches) -> str:
    """The mode that a run is opened with; empty when it is not known, or W&B's own."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if "offline" in given and switches.known.value(given["offline"], scope) is True:
        return "offline"
    if None in given or "mode" not in given:
        return ""
    mode = switches.known.value(given["mode"], scope)
    return "" if mode is UNKNOWN or not isinstance(mode, str) else mode


def _place(call: ast.Call, scope: Scope) -> tuple[Path, int]:
    return scope.module.file, call.lineno
