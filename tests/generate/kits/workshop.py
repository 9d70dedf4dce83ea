"""Kits of a test's own, in a few versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from wandb_flyte.generate.kits.read import wanted_kits
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.updates.update import UpdatedProject, update_project

from ..helpers import git


@dataclass
class KitRepository:
    """A kit's repository, which a test can change and release."""

    folder: Path

    def change(self, files: Mapping[str, str | None]) -> None:
        """Changes files; None removes one. Texts are dedented."""
        if not self.folder.exists():
            self.folder.mkdir()
            git("init", "--quiet", "--initial-branch=main", cwd=self.folder)
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(dedent(text))

    def release(self, version: str, files: Mapping[str, str | None]) -> str:
        """Releases a version with these changes, and gives its commit."""
        self.change(files)
        git("add", "--all", "--force", cwd=self.folder)
        git("commit", "--quiet", "--allow-empty", "--message", version, cwd=self.folder)
        git("tag", f"v{version}", cwd=self.folder)
        return git("rev-parse", "HEAD", cwd=self.folder)

    def project(self, name: str = "demo", version: str = "", **changes: object) -> Path:
        """Makes a project with the kit, from the quickstart unless a kit has another starter."""
        kits = wanted_kits(f"{self.folder}@{version}" if version else str(self.folder)).kits
        request = NewProject(name, self.folder.parent / name, kits=kits, **changes)  # type: ignore[arg-type]
        return new_project(request).path


def update(project: Path, kit: str | None = None, templates: Path | None = None) -> UpdatedProject:
    """Updates a project, and commits what comes of it."""
    updated = update_project(project, kit=kit, templates=templates)
    git("add", "--all", "--force", cwd=project)
    git("commit", "--quiet", "--allow-empty", "--message", "Update", cwd=project)
    return updated
