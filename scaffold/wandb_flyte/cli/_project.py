"""The generated project around the current folder."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from wandb_flyte.errors import UserError

ANSWERS = ".copier-answers.yml"


@dataclass(frozen=True)
class Project:
    """A project that `wandb-flyte new` made.

    Attributes:
        root: The folder with `pyproject.toml` and `sweep.yaml`.
        package: The name of its import package.
        answers: What `.copier-answers.yml` says, empty without that file.
    """

    root: Path
    package: str
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sweep_file(self) -> Path:
        """The project's sweep config."""
        return self.root / "sweep.yaml"

    @property
    def template_version(self) -> str:
        """The template's version that the project has, empty when unknown."""
        return str(self.answers.get("_commit", "") or "")

    def load(self, module: str) -> ModuleType:
        """Import one of the package's modules, such as `settings`.

        Raises:
            UserError: It can't be imported; the message has the file and the line.
        """
        name = f"{self.package}.{module}"
        if str(self.root) not in sys.path:
            sys.path.insert(0, str(self.root))
        try:
            return importlib.import_module(name)
        except UserError:
            raise
        except Exception as error:
            raise UserError(f"`{name}` can't be imported. {self._where(error)}") from error

    def _where(self, error: Exception) -> str:
        text = f"{type(error).__name__}: {error}"
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
    from wandb_flyte.generate.apply import undo_killed_update

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
    import yaml

    file = root / ANSWERS
    if not file.is_file():
        return {}
    try:
        loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UserError(f"`{file}` is no YAML: {' '.join(str(error).split())}") from error
    return loaded if isinstance(loaded, dict) else {}
