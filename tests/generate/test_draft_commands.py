"""`wandb-flyte spec` of programs with commands, and the command that is drafted beside."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from wandb_flyte.generate.drafts.draft import draft_sweep

from .helpers import drafted

pytestmark = pytest.mark.usefixtures("empty_folder")


def test_a_subcommand() -> None:
    """Of a program with subcommands the one that trains is drafted, and named in the command."""
    Path("cli.py").write_text(
        "import argparse\nimport wandb\np = argparse.ArgumentParser()\n"
        "s = p.add_subparsers(dest='command')\na = s.add_parser('show')\n"
        "a.add_argument('--rows', type=int, default=3)\na.add_argument('--columns', type=int)\n"
        "b = s.add_parser('train')\nb.add_argument('--layers', type=int, default=2)\n"
        "args = p.parse_args()\nwandb.init()\nwandb.log({f'{args.command}/loss': args.layers})\n"
    )

    assert drafted("cli.py") == {"layers": {"min": 1, "max": 4}}
    assert "  name: val/loss  #" in draft_sweep("cli.py")


APPS = {
    "typer": """
app = typer.Typer()

@app.command()
def prepare(limit: int = 3, rows: int = 4, seed: int = 1):
    print(limit, rows, seed)

@app.command("train-it")
def run(*, layers: int = 2):
""",
    "click": """
@click.group()
@click.option("--size", default=2)
def app(size):
    print(size)

@app.command()
@click.option("--limit", default=3)
def prepare(limit):
    print(limit)

@app.command()
@click.option("--layers", default=2)
def train_it(layers):
""",
}


@pytest.mark.parametrize("library", ["typer", "click"])
def test_a_subcommand_of_decorators(library: str) -> None:
    """Of the commands of one app the one that trains is drafted, with its own options alone."""
    body = "    wandb.init()\n    wandb.log({'loss': layers})\n\napp()\n"
    Path("cli.py").write_text(f"import {library}\nimport wandb\n\n{APPS[library]}{body}")

    assert drafted("cli.py") == {"layers": {"min": 1, "max": 4}}
    command = yaml.safe_load(draft_sweep("cli.py"))["command"]
    assert command == ["${env}", "${interpreter}", "${program}", "train-it", "${args}"]


@pytest.mark.parametrize(
    ("decorator", "function", "added", "name"),
    [
        ("@app.command()", "train_cmd", "", "train"),
        ("@app.command()", "train_command", "", "train"),
        ("@click.command()", "train_it", "app.add_command(train_it)", "train-it"),
        ("@click.command()", "train_it", "app.add_command(train_it, 'fit')", "fit"),
        ("@click.command('learn')", "train_cmd", "app.add_command(train_cmd)", "learn"),
        ("@click.command()", "train_cmd", "app.add_command(train_cmd)", "train"),
    ],
)
def test_a_subcommand_of_click(decorator: str, function: str, added: str, name: str) -> None:
    """It is called as click calls it, and the program that is drafted runs."""
    Path("cli.py").write_text(
        "import click\nimport wandb\n\n@click.group()\ndef app():\n    pass\n\n"
        f"{decorator}\n@click.option('--layers', default=2)\ndef {function}(layers):\n"
        f"    wandb.init()\n    wandb.log({{'loss': layers}})\n\n"
        "@app.command()\ndef other():\n    pass\n\n"
        f"{added}\nif __name__ == '__main__':\n    app()\n"
    )

    assert list(drafted("cli.py")) == ["layers"]
    command = yaml.safe_load(draft_sweep("cli.py"))["command"]
    assert command == ["${env}", "${interpreter}", "${program}", name, "${args}"]
    helped = [sys.executable, "cli.py", name, "--help"]
    assert b"--layers" in subprocess.run(helped, capture_output=True, check=True).stdout


@pytest.mark.parametrize("callback", [False, True])
def test_an_only_command_of_typer(callback: bool) -> None:
    """It has a name on the command line only beside a callback."""
    top = "@app.callback()\ndef top():\n    pass\n\n" if callback else ""
    Path("cli.py").write_text(
        f"import typer\nimport wandb\napp = typer.Typer()\n\n{top}@app.command()\n"
        "def train(layers: int = 2):\n    wandb.init()\n    wandb.log({'loss': layers})\n\napp()\n"
    )

    assert list(drafted("cli.py")) == ["layers"]
    assert ("train" in yaml.safe_load(draft_sweep("cli.py")).get("command", [])) is callback


TRACKED = """
import argparse
import wandb
parser = argparse.ArgumentParser()
parser.add_argument("--layers", type=int, default=2)
parser.add_argument("--fast", action="store_true")
parser.add_argument("--track", action="store_true")
args = parser.parse_args()
if args.track:
    wandb.init(config=args)
    wandb.log({"loss": args.layers + args.fast})
"""


def test_a_flag_that_opens_the_run() -> None:
    """The command gives the flag without which no trial would reach W&B, and no other."""
    Path("train.py").write_text(TRACKED)

    assert list(drafted("train.py")) == ["layers"]
    command = yaml.safe_load(draft_sweep("train.py"))["command"]
    assert command == ["${env}", "${interpreter}", "${program}", "--track", "${args}"]
