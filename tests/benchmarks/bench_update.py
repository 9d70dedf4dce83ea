"""What `wandb-flyte update` takes beside `copier update`, from one version to the next."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pairs import Command, compare, environment
from wandb_flyte.generate.template import SOURCE, append_release, install_template, templates_folder

LIMIT = 1.15
BIN = Path(sys.executable).parent


def make_project(folder: Path, env: dict[str, str]) -> Path:
    """A project whose template is one release behind, with an edit of its own."""
    older = folder / "older"
    shutil.copytree(templates_folder(), older)
    readme = older / "project" / "README.md.jinja"
    readme.write_text(readme.read_text().replace("## Start\n", "## Begin\n"))
    (older / "project.bundle").unlink()
    append_release("0.0.1", older)
    bundle = folder / ".wandb-flyte" / "template.bundle"
    bundle.parent.mkdir()
    template = install_template(older, bundle)
    project = folder / "project"
    copier = [str(BIN / "copier"), "copy", "--defaults", "--quiet", "--vcs-ref", template.commit]
    for command in (
        [*copier, SOURCE, str(project)],
        ["git", "init", "--quiet", str(project)],
        ["git", "-C", str(project), "add", "--all"],
        ["git", "-C", str(project), "commit", "--quiet", "--message", "Older"],
    ):
        subprocess.run(command, cwd=folder, env=env, check=True)
    install_template(bundle=bundle)
    return project


def main() -> int:
    """Print the ratio of the medians; 1 when it is over its limit."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        env = environment(folder)
        project = make_project(folder, env)
        newest = str(install_template(bundle=folder / ".wandb-flyte" / "template.bundle").commit)

        def restore() -> None:
            for words in (["reset", "--hard", "--quiet"], ["clean", "-fdq"]):
                subprocess.run(["git", "-C", str(project), *words], check=True, env=env)

        update, copier = str(BIN / "wandb-flyte"), [str(BIN / "copier"), "update", "--defaults"]
        return compare(
            Command("wandb-flyte update", lambda _: [update, "update"], project, env, restore),
            Command(
                "copier update",
                lambda _: [*copier, "--quiet", "--vcs-ref", newest],
                project,
                env,
                restore,
            ),
            LIMIT,
        )


if __name__ == "__main__":
    sys.exit(main())
