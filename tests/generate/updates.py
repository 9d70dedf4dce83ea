"""Templates of a test's own, in a few versions, and projects made from them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wandb_flyte.generate.render import render
from wandb_flyte.generate.template import Template, append_release, install_template
from wandb_flyte.generate.updates.update import (
    UpdatedProject,
    UpdatePlan,
    plan_update,
    update_project,
)

from .helpers import git

QUESTIONS = """\
_skip_if_exists: [mine.txt, "{{ package }}/settings.py"]
_exclude: [copier.yml, /versions.toml, .git]
package: {type: str, default: demo}
wheel: {type: str, default: ""}
"""
ANSWERS_FILE = "{{ _copier_conf.answers_file }}.jinja"
LINES = "".join(f"line {number}\n" for number in range(1, 10))


@dataclass
class Workshop:
    """A templates folder of a test's own, which it can change and release."""

    folder: Path
    answers: dict[str, Any] = field(default_factory=lambda: {"package": "demo"})

    @property
    def files(self) -> Path:
        """The template's files."""
        return self.folder / "templates" / "project"

    @property
    def templates(self) -> Path:
        """What the functions under test take as their templates."""
        return self.folder / "templates"

    def release(self, version: str, files: Mapping[str, str | None]) -> str:
        """Releases a version with these changes; None removes a file."""
        self.change(files)
        return append_release(version, self.templates)

    def change(self, files: Mapping[str, str | None]) -> None:
        """Changes the template; None removes a file."""
        base = {"copier.yml": QUESTIONS, ANSWERS_FILE: "{{ _copier_answers | to_nice_yaml }}"}
        written = {} if (self.files / "copier.yml").exists() else base
        for name, text in {**written, **files}.items():
            path = self.files / name
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def make(self, name: str = "demo", *, commit: bool = True) -> Path:
        """Makes a project from the template as it is now."""
        return self.make_from(install_template(self.templates), name, commit=commit)

    def make_from(self, template: Template, name: str = "demo", *, commit: bool = True) -> Path:
        """Makes a project from a version of the template."""
        project = self.folder / name
        render(template, project, self.answers)
        if commit:
            git("init", "--quiet", cwd=project)
            save(project)
        return project

    def plan(self, project: Path, to: str | None = None) -> UpdatePlan:
        """What an update would do."""
        return plan_update(project, to, self.templates)

    def update(self, project: Path, to: str | None = None) -> UpdatedProject:
        """Updates a project."""
        return update_project(project, to, self.templates)

    def older(self) -> Path:
        """A copy of the templates as they are now, to come back to."""
        copy = self.folder / f"copy-{len(list(self.folder.iterdir()))}"
        shutil.copytree(self.templates, copy)
        return copy


def second_release(shop: Workshop) -> None:
    """Releases 0.2.0, which changes, adds and removes a file."""
    changed = LINES.replace("line 2\n", "line two\n")
    shop.release(
        "0.2.0", {"a.txt": changed, "gone.txt": None, "new.txt": "new\n", "mine.txt": "2\n"}
    )


def save(project: Path, message: str = "Save") -> None:
    """Commits all that a project has."""
    git("add", "--all", "--force", ".", cwd=project)
    git("commit", "--quiet", "--allow-empty", "--message", message, cwd=project)


def kinds(plan: UpdatePlan) -> dict[str, str]:
    """What happens to each file but the answers and the wheel."""
    return {
        change.path: change.kind
        for change in plan.changes
        if not change.path.startswith((".copier", "wheels/"))
    }
