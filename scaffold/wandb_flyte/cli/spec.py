"""`wandb-flyte spec`."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from wandb_flyte.errors import UserError


@click.command(short_help="Draft a sweep config for a function or a script.")
@click.argument("code", metavar="FILE[:NAME]")
@click.option("--output", metavar="FILE", type=Path, help="Write it to a new file.")
def command(code: str, output: Path | None) -> None:
    """Draft a sweep config from a signature, defaults, annotations and a command line.

    The code is read, not run. Every guess has a comment.
    """
    from wandb_flyte.generate.drafts.draft import draft_sweep

    text = draft_sweep(code)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with output.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise UserError(f"`{output}` is there already.", hint="Choose another name.") from None
    names_program = any(line.startswith("program:") for line in text.splitlines())
    with_code = (
        "" if names_program and _lies_beside(code, output) else f" --objective {quote(code)}"
    )
    try_it = f"wandb-flyte check {quote(str(output))}{with_code}"
    click.echo(f"{output}: look at every comment, then try it with `{try_it}`.")


def _lies_beside(code: str, output: Path) -> bool:
    """Whether the program's path in the sweep config leads from there to it."""
    return (output.parent / code).is_file()
