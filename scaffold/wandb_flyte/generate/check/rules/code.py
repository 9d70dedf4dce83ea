"""Whether code and sweep config fit each other: every rule, for scripts and objectives alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wandb_flyte.analysis.command_line.interface import Interface
from wandb_flyte.analysis.metrics.logs import TRAINERS
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, all_names
from wandb_flyte.generate.check.trial.followed import Followed
from wandb_flyte.generate.check.trial.looked_up import with_looked_up
from wandb_flyte.generate.check.trial.made import with_made
from wandb_flyte.generate.check.trial.started import check_starts, logs_with, read_starts
from wandb_flyte.generate.check.trial.switches import Switches

from .agents import agent_by_hand, check_agents
from .compared_alike import check_compared_alike
from .declared_twice import check_declared_twice
from .file_needs import check_file_needs
from .flags import check_flags, tell_of_agent
from .heads import check_heads
from .hydra_absent import check_hydra_absent
from .left_out import check_left_out, check_none_given
from .listed_value import check_listed_values
from .looked_for import check_looked_for
from .looped_numbers import check_looped_numbers
from .lost_values import check_lost_values
from .metric import RETURNED, check_metric, logged_in_sight
from .missing_files import check_files_read
from .missing_keys import check_missing_keys
from .misused import check_misused
from .moved import check_moved
from .needs import check_needs
from .opening import check_opening
from .raised import check_raised
from .reach import check_reach
from .stopped import check_stopped
from .stops import check_stops
from .too_seldom import check_too_seldom
from .trackers import check_trackers, report_elsewhere
from .unreached import check_unreached
from .unread import check_unread


def check_code(
    case: Case,
    *,
    by_name: bool = False,
    returned: tuple[str, ...] = (),
    returns_value: bool = False,
) -> Iterator[Finding]:
    """What the code reads, needs and logs, and where it stops.

    Args:
        case: The sweep and its code.
        by_name: Whether an objective is given each hyperparameter by its name.
        returned: The metrics that an objective returns, which count as logged.
        returns_value: Whether it returns a number, which is the metric.
    """
    case = with_made(with_looked_up(case))
    switches = Switches(case)
    case = _without_shut(case, switches)
    starts = read_starts(case)
    logs = logs_with(case.program.logs, starts)
    case = replace(case, program=replace(case.program, logs=logs))
    refused = list(check_flags(case, switches)) if case.command is not None else []
    fails = any(one.severity == "error" and one.code != "WF208" for one in refused)
    if fails and (agent := agent_by_hand(case)) is not None:
        refused = [tell_of_agent(agent, case)]
        case = replace(case, command=None)
        switches = Switches(case)
    yield from refused
    followed = Followed(case, switches)
    # What a trainer that reports to W&B would log, it logs when the run is opened.
    quiet = _without_silent(case, switches)
    found = [*check_opening(quiet, switches), *check_trackers(quiet, switches)]
    if not returns_value and not any(finding.code == "WF109" for finding in found):
        found += check_metric(quiet, returned, switches)
    elif not returns_value and (case.program.logs.names or case.program.logs.integrations):
        found += check_metric(case, returned)
    elif returns_value and case.program.logs.opens_run:
        # To an agent of W&B's, what a function returns is nothing.
        others = check_metric(quiet, returned, switches)
        named = (one for one in others if one.code in ("WF301", "WF302") and one.path)
        found += [replace(one, hint=RETURNED, severity="note") for one in named]
    if not any(one.code in ("WF109", "WF301", "WF302") for one in found) and not returns_value:
        found += check_unreached(quiet, followed)
    yield from found
    name = case.sweep.metric.name if case.sweep.metric is not None else ""
    if logged_in_sight(case, name):
        is_given = name in returned or (returns_value and name not in case.program.logs.names)
        yield from check_too_seldom(case, returned=is_given)
    needs = [*check_needs(case, switches), *check_file_needs(case, switches)]
    yield from needs
    unread: list[Finding] = []
    if not by_name:
        # What a condition keeps trials from holds for what is read beside it: those stand in the
        # code.
        told = any(not finding.path for finding in found)
        unread += check_unread(case, switches, starts, followed, told=told)
        unread += check_misused(case)
        unread += check_compared_alike(case)
        unread += check_listed_values(case)
        yield from unread
    stops = [
        *check_heads(case, switches),
        *check_stops(case, switches),
        *check_declared_twice(case),
        *check_looked_for(case, switches),
        *check_raised(case, switches),
        *check_moved(case, switches),
        *check_looped_numbers(case, switches),
        *check_files_read(case, switches),
        *check_hydra_absent(case),
        *check_starts(starts, case, switches),
        *check_agents(case),
        *check_reach(case, switches),
        *check_none_given(case, switches),
    ]
    if case.knows_command and not any(finding.code == "WF201" for finding in refused):
        stops += check_left_out(case, switches)
    yield from stops
    told_so_far = [*refused, *found, *needs, *unread, *stops]
    yield from check_missing_keys(case, followed, told_so_far)
    yield from check_stopped(case, followed, told_so_far)
    if not by_name:
        yield from check_lost_values(case, followed, told_so_far)


def _without_shut(case: Case, switches: Switches) -> Case:
    """The case without what no trial starts, parses or logs by."""
    program, logs = case.program, case.program.logs
    if program.interface.style == "argparse" and switches.all_closed(program.interface.parses):
        program = replace(program, interface=Interface())
    starts = tuple(one for one in program.starts if not switches.closed(*one))
    if logs.logs_config and _may_be_in_config(case):
        logs = replace(logs, unclear=True, foreign=True, handed=True)
    return replace(case, program=replace(program, starts=starts, logs=logs))


def _may_be_in_config(case: Case) -> bool:
    """Whether the trial's config may hold the metric: whoever logs the one logs the other."""
    config, metric = case.program.config, case.sweep.metric
    if config.supplies_unseen or config.supplies_args or metric is None:
        return True
    known = {*(all_names(case.document) or ()), *config.supplies}
    return any(metric.name == one or metric.name.startswith(f"{one}.") for one in known)


def _without_silent(case: Case, switches: Switches) -> Case:
    """The case without Hugging Face's trainers, where all are told to report elsewhere."""
    logs = case.program.logs
    if not report_elsewhere(case, switches):
        return case
    logs = replace(logs, integrations=logs.integrations - TRAINERS)
    return replace(case, program=replace(case.program, logs=logs))
