"""The root command: what it loads, and how errors leave it."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from textwrap import dedent

import click
import pytest
from wandb_flyte import __version__
from wandb_flyte.cli import _app, local

from .conftest import RunCli

HEAVY = ("wandb", "flyte", "copier", "jinja2", "rich", "requests", "numpy", "optuna", "yaml")


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["local", "--help"]])
def test_help_loads_nothing_heavy(run_cli: RunCli, words: list[str]) -> None:
    """Help is shown without loading wandb, copier, flyte or any other library but click."""
    code = dedent(
        f"""
        import sys
        from wandb_flyte.cli._app import invoke
        assert invoke({words!r}) == 0
        loaded = {{name.partition(".")[0] for name in sys.modules}}
        sys.exit(",".join(sorted(loaded & set({HEAVY!r}))))
        """
    )
    done = run_cli(start=[sys.executable, "-c", code])

    assert done.err.strip() == ""
    assert "Usage: wandb-flyte" in done.out


def test_version(run_cli: RunCli) -> None:
    """`--version` prints the program's name and version."""
    assert run_cli("--version").out == f"wandb-flyte {__version__}\n"


@pytest.mark.parametrize("group", [_app.cli, local.command])
def test_summaries_are_the_commands_own(group: _app.LazyGroup) -> None:
    """The line that a group's help shows for a command is the one that the command has."""
    for name, summary in group.lazy.items():
        command = group.get_command(click.Context(group), name)
        assert command is not None
        shown = command.short_help or command.get_short_help_str(200)
        if not hasattr(command, "lazy"):
            assert shown == summary, name


@pytest.mark.parametrize("words", [[], ["local"]])
def test_a_group_alone_shows_its_help(run_cli: RunCli, words: list[str]) -> None:
    """Without a command it is the help that is shown, as wrong usage and so on stderr."""
    asked = run_cli(*words, "--help")
    alone = run_cli(*words)

    assert (alone.code, alone.out, alone.err) == (2, "", asked.out)


def test_unknown_command_names_the_near_miss(run_cli: RunCli) -> None:
    """A command that there is not is wrong usage, and the nearest one is named."""
    done = run_cli("docter")

    assert done.code == 2
    assert done.err == (
        "error: there is no command `docter`. Did you mean `doctor`?\nSee `wandb-flyte --help`.\n"
    )


def test_wrong_option_is_usage(run_cli: RunCli) -> None:
    """An unknown option ends with exit code 2 and one sentence."""
    done = run_cli("local", "start", "--prot", "1")

    assert done.code == 2
    assert done.err.startswith("error: No such option")
    assert done.err.endswith("See `wandb-flyte local start --help`.\n")


def test_an_option_without_its_value(run_cli: RunCli) -> None:
    """The help that is named is the command's own."""
    done = run_cli("run", "--sweep")

    assert done.code == 2
    assert done.err.endswith("See `wandb-flyte run --help`.\n")


def raising(body: str) -> list[str]:
    """A command line whose `doctor` raises."""
    code = f"""
import sys
from pathlib import Path
import click
from wandb_flyte.cli import _app
from wandb_flyte.errors import Finding, InvalidInput, UserError

class Broken(click.Command):
    def invoke(self, ctx):
{body}

_app.cli.add_command(Broken("broken"))
_app.LazyGroup.get_command = lambda self, ctx, name: self.commands.get(name)
_app.cli.lazy["broken"] = ""
sys.exit(_app.invoke(["broken"]))
"""
    return [sys.executable, "-c", code]


def test_user_error_is_a_sentence(run_cli: RunCli) -> None:
    """An error that the user can mend is a message and a hint on stderr, with exit code 1."""
    done = run_cli(start=raising("        raise UserError('No `x`.', hint='Add `x`.')"))

    assert (done.code, done.out, done.err) == (1, "", "error: No `x`.\nAdd `x`.\n")


def test_every_finding_is_shown(run_cli: RunCli) -> None:
    """Of several findings each has a line."""
    body = "        raise InvalidInput([Finding('A.', file='f', line=3), Finding('B.')])"
    done = run_cli(start=raising(body))

    assert (done.code, done.err) == (1, "error: f:3: A.\nerror: B.\n")


def test_interrupt(run_cli: RunCli) -> None:
    """Ctrl-C ends any command with exit code 130 and a word."""
    done = run_cli(start=raising("        raise KeyboardInterrupt"))

    assert (done.code, done.out, done.err.strip()) == (130, "", "stopped")


def test_interrupt_while_it_loads(run_cli: RunCli) -> None:
    """Ctrl-C before the command line is read ends it as well, without a traceback."""
    code = dedent(
        """
        import sys

        class Interrupted:
            def find_spec(self, name, path=None, target=None):
                if name == "click":
                    raise KeyboardInterrupt

        sys.meta_path.insert(0, Interrupted())
        from wandb_flyte.cli import main
        main()
        """
    )
    done = run_cli(start=[sys.executable, "-c", code])

    assert (done.code, done.out, done.err) == (130, "", "")


def test_as_a_module(run_cli: RunCli) -> None:
    """`python -m wandb_flyte` is the same command line."""
    done = run_cli("docter", start=[sys.executable, "-m", "wandb_flyte"])

    assert (done.code, done.err[:34]) == (2, "error: there is no command `docter")


def test_bug_shows_where_to_report(run_cli: RunCli) -> None:
    """An error of ours is shown with its traceback and where to report it."""
    done = run_cli(start=raising("        raise ZeroDivisionError('oops')"))

    assert done.code == 1
    assert "Traceback" in done.err
    assert f"error: this is a bug in wandb-flyte {__version__}. Please report it" in done.err


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "        from copier.errors import CopierError; raise CopierError('bad answer')",
            "error: Copier could not render the project: bad answer\n",
        ),
        (
            "        from wandb.errors import CommError; raise CommError('gone')",
            "error: W&B could not be reached: gone\n"
            "Look at WANDB_BASE_URL and the network; `--backend local` needs neither.\n",
        ),
        (
            "        from flyte.errors import InitializationError as E; raise E('c', 'user', 'no')",
            "error: Flyte is not set up: no\n"
            "Make a config with `flyte create config --endpoint HOST`, then try again.\n",
        ),
        (
            "        raise RuntimeError('SelectCluster failed: client error (Connect): refused')",
            "error: The Flyte cluster can't be reached.\n"
            "Look at the endpoint in the Flyte config with `wandb-flyte doctor`.\n",
        ),
        (
            "        open('/nowhere/file')",
            "error: `/nowhere/file`: No such file or directory\n",
        ),
    ],
    ids=["copier", "wandb", "flyte", "cluster", "system"],
)
def test_foreign_errors_are_translated(run_cli: RunCli, body: str, message: str) -> None:
    """What copier, wandb, flyte and the system raise is said in the user's words."""
    done = run_cli(start=raising(body))

    assert (done.code, done.err) == (1, message)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", ["--help", "starters --json"])
def test_a_full_disk_is_no_bug(run_cli: RunCli, words: str) -> None:
    """What can't be written ends the command with a sentence."""
    program = f"{sys.executable} -m wandb_flyte {words}"
    done = run_cli(start=["bash", "-c", f"{program} > /dev/full"])

    assert done.code == 1
    assert done.err == "error: What was to be written does not fit: No space left on device.\n"


def test_reader_that_goes_away(run_cli: RunCli) -> None:
    """A pipe that nobody reads any more ends the command without a traceback."""
    program = shlex.join(raising("        print('x\\n' * 100000)"))
    done = run_cli(start=["bash", "-c", f"{program} | head -1"])

    assert done.out == "x\n"
    assert "Traceback" not in done.err
    assert "Exception ignored" not in done.err


@pytest.mark.parametrize("command", ["run", "plan", "best"])
def test_a_refused_command_prints_json_too(run_cli: RunCli, tmp_path: Path, command: str) -> None:
    """With `--json` an error is one JSON document on stdout, and its sentences on stderr."""
    plain = run_cli(command, cwd=tmp_path)
    done = run_cli(command, "--json", cwd=tmp_path)

    message = f"`{tmp_path}` is not in a project."
    hint = "Make one with `wandb-flyte new NAME`, then run this inside its folder."
    assert (done.code, done.err) == (plain.code, plain.err)
    assert plain.out == ""
    assert json.loads(done.out) == {
        "error": f"{message}\n{hint}",
        "findings": [
            {
                "message": message,
                "hint": hint,
                "file": "",
                "line": None,
                "path": "",
                "severity": "error",
                "code": "",
            }
        ],
    }


def test_a_refused_sweep_config_is_findings_in_json(run_cli: RunCli, project: Path) -> None:
    """What `run --json` finds wrong before it starts has the shape of the findings of `check`."""
    (project / "sweep.yaml").write_text("method: random\nparameters:\n  lr: {min: 3, max: 1}\n")
    checked = json.loads(run_cli("check", "--json", cwd=project).out)["findings"]
    refused = json.loads(run_cli("run", "--json", cwd=project).out)["findings"]

    assert refused
    assert [finding for finding in refused if finding not in checked] == []


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--json", "--trials", "0"],
        ["run", "--json", "--speed"],
        ["check", "--format", "json", "--speed"],
        ["starters", "--json", "more"],
    ],
)
def test_wrong_usage_in_json(run_cli: RunCli, words: list[str]) -> None:
    """Wrong usage is a document of the same shape."""
    done = run_cli(*words)
    document = json.loads(done.out)

    assert done.code == 2
    assert done.err == f"error: {document['error']}\n"
    assert [finding["severity"] for finding in document["findings"]] == ["error"]
