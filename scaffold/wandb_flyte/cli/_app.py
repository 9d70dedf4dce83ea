"""The root command, and the one place where errors become exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise, takewhile
from pathlib import Path

import click

from wandb_flyte._version import __version__
from wandb_flyte.cli import INTERRUPTED
from wandb_flyte.cli._lazy import LazyGroup
from wandb_flyte.cli._output import complain, drop_output, error_document, print_json
from wandb_flyte.errors import UserError
from wandb_flyte.generate.paths import SCRATCH_PREFIX

COMMANDS = {
    "new": "Make a project from an objective and a sweep config.",
    "starters": "List what a new project can begin from.",
    "spec": "Draft a sweep config for a function or a script.",
    "check": "Check a sweep config and the code it is for.",
    "plan": "Say what a sweep will take before it runs.",
    "run": "Run the project's sweep, here or on a Flyte cluster.",
    "best": "Print the winning config of the project's sweep.",
    "trial": "Run one trial in this process, under a debugger too.",
    "add": "Add a sweep to the project.",
    "update": "Bring the project to the installed version of the template.",
    "update-all": "Bring many projects up to date, each on a branch of its own.",
    "diff": "Show where the project differs from its template.",
    "kit": "Make, look at and prove kits: a team's own layer over the base template.",
    "secret": "Put the W&B API key where the cluster's pods find it.",
    "doctor": "Check what wandb-flyte needs, with a remedy for each gap.",
    "local": "Start, stop and look at the local backend.",
}


@click.group(
    cls=LazyGroup,
    package="wandb_flyte.cli",
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="wandb-flyte", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn an objective and a W&B sweep config into a Flyte project, and run its sweep."""


def invoke(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: What stands after the program's name.

    Returns:
        The exit code: 0, what the command returned, 1 for an error, 2 for wrong usage, 130 for
        Ctrl-C.
    """
    try:
        _clear_killed()
        code = cli.main(list(arguments), prog_name="wandb-flyte", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        return _complain_of_usage(error, arguments)
    except click.ClickException as error:
        return _refuse(UserError(error.format_message()), arguments, error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nstopped", err=True)
        return _tell_json(UserError("stopped"), arguments, INTERRUPTED)
    except BrokenPipeError:
        # Its reader went away, as under `| head`.
        drop_output(sys.stdout)
        return 1
    except UserError as error:
        return _refuse(error, arguments, error.exit_code)
    except Exception as error:  # The edge: nothing may pass it untranslated.
        return _fail(error, arguments)
    return code if isinstance(code, int) else 0


def _clear_killed() -> None:
    try:
        left = any(name.startswith(SCRATCH_PREFIX) for name in os.listdir())  # noqa: PTH208
    except OSError:  # The current folder is gone, or may not be read.
        return
    if left:
        from wandb_flyte.generate.scratch import clear_killed

        clear_killed(Path.cwd())


def _complain_of_usage(error: click.UsageError, arguments: Sequence[str]) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    path = error.ctx.command_path if error.ctx else "wandb-flyte"
    if path == "wandb-flyte" and arguments and arguments[0] in COMMANDS:
        path = f"{path} {arguments[0]}"  # Of an option without its value click knows no command.
    message = " ".join(error.format_message().split())
    known = UserError(message, hint=f"See `{path} --help`.")
    return _refuse(known, arguments, error.exit_code)


def _fail(error: Exception, arguments: Sequence[str]) -> int:
    from wandb_flyte.cli._translate import bug_report, translate

    known = translate(error)
    if known is not None:
        return _refuse(known, arguments, known.exit_code)
    click.echo(bug_report(error), err=True)
    return _tell_json(UserError(f"{type(error).__name__}: {error}"), arguments, 1)


def _refuse(error: UserError, arguments: Sequence[str], exit_code: int) -> int:
    complain(error)
    return _tell_json(error, arguments, exit_code)


def _tell_json(error: UserError, arguments: Sequence[str], exit_code: int) -> int:
    """Print the error's document too, where JSON was asked for: scripts find it on stdout."""
    if _asks_for_json(arguments):
        try:
            print_json(error_document(error))
        except OSError:  # Its reader went away.
            drop_output(sys.stdout)
    return exit_code


def _asks_for_json(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for JSON: click does not say that of one that it refuses."""
    options = list(takewhile(lambda word: word != "--", arguments))
    return (
        "--json" in options
        or "--format=json" in options
        or ("--format", "json") in pairwise(options)
    )
