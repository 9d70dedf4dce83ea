"""The generated project around the current folder."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.generate.names import ANSWERS

if TYPE_CHECKING:
    from wandb_flyte.generate.added import AddedSweep

_LONGEST_REASON = 300


@dataclass(frozen=True)
class Project:
    """A project that `wandb-flyte new` made.

    Attributes:
        root: The folder with `pyproject.toml` and `sweep.yaml`.
        package: The name of its import package.
        answers: What `.copier-answers.yml` says, empty without that file.
        sweep: The sweep that is meant, None for the project's first one.
    """

    root: Path
    package: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    sweep: AddedSweep | None = None

    def of_sweep(self, name: str | None) -> Project:
        """The same project, with this one of its sweeps meant.

        Args:
            name: The sweep's name, None for the project's first one.

        Raises:
            UserError: The project has no such sweep.
        """
        if name is None:
            return replace(self, sweep=None)
        from wandb_flyte.generate.added import find_added, unknown_sweep

        sweep = find_added(self.sweeps, name)
        if sweep is None:
            raise InvalidInput([unknown_sweep(name, self.sweeps)])
        return replace(self, sweep=sweep)

    @property
    def sweeps(self) -> tuple[AddedSweep, ...]:
        """The sweeps that were added to its first one.

        Raises:
            InvalidInput: What the answers say of them can't be.
        """
        if not self.answers.get("sweeps"):
            return ()
        from wandb_flyte.generate.added import read_added

        sweeps, findings = read_added(self.answers, ANSWERS)
        if findings:
            raise InvalidInput(findings)
        return sweeps

    @property
    def run_command(self) -> str:
        """The command line that runs the sweep that is meant."""
        return f"wandb-flyte run {self.sweep.name}" if self.sweep else "wandb-flyte run"

    @property
    def module(self) -> str:
        """The import package with the sweep's workflow and settings."""
        return f"{self.package}.sweeps.{self.sweep.package}" if self.sweep else self.package

    @property
    def sweep_file(self) -> Path:
        """The sweep config."""
        folder = self.root.joinpath(*self.module.split(".")) if self.sweep else self.root
        return folder / "sweep.yaml"

    @property
    def objective(self) -> str:
        """The name of the objective's function."""
        answers = {"objective": self.sweep.objective} if self.sweep else self.answers
        return str(answers.get("objective") or "objective")

    @property
    def objective_module(self) -> str:
        """The module that the objective is in."""
        shared = self.sweep is not None and self.sweep.shares_objective
        return f"{self.package if shared else self.module}.objective"

    @property
    def objective_file(self) -> Path:
        """The file that the objective is in."""
        return self.root.joinpath(*self.objective_module.split(".")).with_suffix(".py")

    @property
    def template_version(self) -> str:
        """The template's version that the project has, empty when unknown."""
        return str(self.answers.get("_commit", "") or "")

    def load(self, module: str) -> ModuleType:
        """Import one of the modules of the sweep that is meant, such as `settings`.

        Raises:
            UserError: It can't be imported; the message has the file and the line.
        """
        return self.load_module(f"{self.module}.{module}")

    def load_module(self, name: str) -> ModuleType:
        """Import a module of the project by its whole name.

        Raises:
            UserError: It can't be imported; the message has the file and the line.
        """
        if str(self.root) not in sys.path:
            sys.path.insert(0, str(self.root))
        try:
            return importlib.import_module(name)
        except UserError:
            raise
        except (Exception, SystemExit) as error:
            raise UserError(f"`{name}` can't be imported. {self._where(error)}") from error

    def _where(self, error: BaseException) -> str:
        text = f"{type(error).__name__}: {' '.join(str(error).split())}"
        if len(text) > _LONGEST_REASON:  # Flyte lists every GPU that there is, then what it got.
            half = _LONGEST_REASON // 2
            text = f"{text[:half]} … {text[-half:]}"
        if isinstance(error, SyntaxError) and error.filename:
            return f"{self._relative(error.filename)}:{error.lineno}: SyntaxError: {error.msg}"
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if Path(frame.filename).is_relative_to(self.root)]
        if not own:
            return text
        return f"{self._relative(own[-1].filename)}:{own[-1].lineno}: {text}"

    def _relative(self, file: str) -> str:
        path = Path(file)
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else file


def find_project(start: Path) -> Project:
    """The project that a folder lies in. An update of it that was killed half-way is undone first.

    Raises:
        UserError: There is none, or another command updates it now.
    """
    for root in (start.resolve(), *start.resolve().parents):
        if (root / ANSWERS).is_file() or (root / "pyproject.toml").is_file():
            _undo_killed_update(root)
            package = _package(root)
            if package:
                return Project(root, package, _answers(root))
    raise UserError(
        f"`{start}` is not in a project.",
        hint="Make one with `wandb-flyte new NAME`, then run this inside its folder.",
    )


def _undo_killed_update(root: Path) -> None:
    if not (root / ".wandb-flyte-update").is_dir():
        return
    from wandb_flyte.generate.updates.apply import undo_killed_update

    undo_killed_update(root)


def _package(root: Path) -> str:
    named = sorted(
        folder.name
        for folder in root.iterdir()
        if folder.name.isidentifier() and (folder / "workflow.py").is_file()
    )
    if len(named) > 1:
        own = _answers(root).get("package")
        return str(own) if own in named else named[0]
    return named[0] if named else ""


def _answers(root: Path) -> Mapping[str, Any]:
    from wandb_flyte.generate.answers import load_answers

    return load_answers(root) if (root / ANSWERS).is_file() else {}
