"""A click group that imports a command's module when the command is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click


class LazyGroup(click.Group):
    """A group whose commands live in modules of one package.

    Args:
        package: The package that holds the modules; each has a `command`.
        lazy: Each command's name and the line that the group's help shows for it, which stands
            here so that help imports none of them.
    """

    def __init__(
        self, *args: object, package: str, lazy: Mapping[str, str], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.package = package
        self.lazy = dict(lazy)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of a user's work."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None when there is none of that name."""
        if cmd_name not in self.lazy:
            return None
        module = cmd_name.replace("-", "_")
        command: click.Command = import_module(f"{self.package}.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.lazy.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest command named when there is none of that name."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.lazy:
            import difflib

            near = difflib.get_close_matches(name, self.lazy, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else ""
            ctx.fail(f"there is no command `{name}`.{hint}")
        return super().resolve_command(ctx, args)
