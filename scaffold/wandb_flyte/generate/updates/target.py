"""From where to where an update goes: the project's version of the template, and the wanted one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wandb_flyte._version import __version__
from wandb_flyte.errors import UserError
from wandb_flyte.generate.answers import Answers
from wandb_flyte.generate.template import SOURCE, Template, install_template
from wandb_flyte.generate.temporary import temporary_folder

from .adopt import adopt_from_wheel
from .history import History, open_history


@dataclass(frozen=True)
class Versions:
    """The template's versions, as one project sees them.

    Attributes:
        history: All of them.
        current: The one that the project has.
        installed: The one of this wandb-flyte.
    """

    history: History
    current: Template
    installed: Template

    def target(self, to: str | None) -> Template:
        """The version to update to.

        Args:
            to: Its number, such as `0.2.0`; the installed one when None.

        Raises:
            UserError: There is no such version, or an update can't go there.
        """
        commit = self.installed.commit if to is None else self._release(to)
        history = self.history
        if history.is_older(self.installed.commit, commit):
            raise UserError(
                f"`{to}` is newer than the installed wandb-flyte {__version__}.",
                hint=f"Install it with `pip install wandb-flyte=={to}`, then try again.",
            )
        if history.is_older(commit, self.current.commit):
            ours, theirs = history.name(self.current.commit), history.name(commit)
            raise UserError(
                f"This project has template {ours}, which is newer than {theirs}.",
                hint="An update goes forward only; `pip install --upgrade wandb-flyte` gets a "
                "newer one, and git brings an older state of the project back.",
            )
        return Template(SOURCE, commit)

    def _release(self, version: str) -> str:
        tag = f"v{version.removeprefix('v')}"
        known = self.history.tags()
        if tag not in known:
            listed = ", ".join(name.removeprefix("v") for name in known)
            raise UserError(
                f"There is no version `{version}` of the template.",
                hint=f"There are {listed}." if listed else "None was released yet.",
            )
        commit = self.history.find(f"refs/tags/{tag}")
        return commit or ""


@contextmanager
def open_versions(root: Path, answers: Answers, templates: Path | None) -> Iterator[Versions]:
    """The versions of the template, the newest put into the user's bundle first.

    Args:
        root: The project's folder.
        answers: What the project says of its making.
        templates: The folder with the templates, by default this package's own.

    Raises:
        UserError: The project's version is not among them.
    """
    installed = install_template(templates)
    with open_history() as history, temporary_folder() as scratch:
        commit, source = history.find(answers.commit), SOURCE
        if commit is None and answers.wheel:
            wheel = root / "wheels" / answers.wheel
            bundle = adopt_from_wheel(history, wheel, Path(scratch))
            commit, source = history.find(answers.commit), str(bundle)
        if commit is None:
            raise UserError(
                f"This project has template `{answers.commit}`, which wandb-flyte {__version__} "
                "does not know: a newer one made it, or a checkout on another machine.",
                hint="`pip install --upgrade wandb-flyte` gets the newest.",
            )
        yield Versions(history, Template(source, commit), installed)
