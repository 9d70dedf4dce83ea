"""What wandb-flyte needs on this machine, and what of it is there."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from wandb_flyte._version import __version__
from wandb_flyte.errors import UserError

if TYPE_CHECKING:
    from wandb_flyte.cli._project import Project

Status = Literal["ok", "optional", "error"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What it is.
        status: `ok`; `optional` when it is not there and only some uses need it; `error` when
            wandb-flyte can't do its work like this.
        detail: What was found.
        remedy: What to do about it, empty when nothing needs doing.
    """

    name: str
    status: Status
    detail: str
    remedy: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """All checks, in the order in which they are shown."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is in the way."""
        return all(check.status != "error" for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return {"ok": self.ok, "checks": [asdict(check) for check in self.checks]}


def diagnose(folder: Path) -> Diagnosis:
    """Look at this machine and at the project around a folder."""
    checks: list[Callable[[], Check]] = [
        _python,
        _own_version,
        lambda: _library("flyte"),
        lambda: _library("wandb"),
        lambda: _library("copier"),
        _git,
        *([_git_identity] if shutil.which("git") else []),
        _local_extra,
        _wandb_key,
        _data_folder,
        _local_backend,
        _flyte_config,
        lambda: _project(folder),
    ]
    return Diagnosis((*(check() for check in checks), *_provenance(folder)))


def _python() -> Check:
    return Check("Python", "ok", f"{platform.python_version()}, {sys.executable}")


def _own_version() -> Check:
    return Check("wandb-flyte", "ok", __version__)


def _library(name: str) -> Check:
    from packaging.requirements import Requirement

    wanted = next(
        (
            requirement
            for requirement in map(Requirement, metadata.requires("wandb-flyte") or [])
            if requirement.name == name and requirement.marker is None
        ),
        None,
    )
    allowed = str(wanted.specifier) if wanted else ""
    remedy = f"pip install '{name}{allowed}'"
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(name, "error", "not installed", remedy)
    if wanted and not wanted.specifier.contains(version, prereleases=True):
        return Check(name, "error", f"{version}, outside {allowed}", remedy)
    return Check(name, "ok", version)


def _git() -> Check:
    try:
        done = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return Check("git", "optional", "not found", "Install git: `new` and updates need it.")
    return Check("git", "ok", done.stdout.removeprefix("git version ").strip())


def _git_identity() -> Check:
    # A machine without a fully qualified host name lets git guess an address that commits then
    # refuse, so only what was configured counts.
    values = [os.environ.get("GIT_AUTHOR_NAME", ""), os.environ.get("GIT_AUTHOR_EMAIL", "")]
    for index, key in enumerate(("user.name", "user.email")):
        values[index] = values[index] or _git_config(key)
    if all(values):
        return Check("git identity", "ok", f"{values[0]} <{values[1]}>")
    return Check(
        "git identity",
        "optional",
        "not set: `new` commits as wandb-flyte",
        "git config --global user.name NAME && git config --global user.email ADDRESS",
    )


def _git_config(key: str) -> str:
    try:
        done = subprocess.run(["git", "config", "--get", key], capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip()


def _local_extra() -> Check:
    from wandb_flyte.runtime.backend import local_server

    missing = local_server.missing_packages()
    if not missing:
        return Check("local extra", "ok", "installed")
    status: Status = "optional" if _key_source() else "error"
    detail = f"not installed: {', '.join(missing)}"
    remedy = "pip install 'wandb-flyte[local]'"
    return Check("local extra", status, detail, f"{remedy} (runs without a W&B key need it)")


def _key_source() -> str:
    from wandb_flyte.runtime.backend.credentials import find_credentials

    found = find_credentials()
    return f"{found.source}, for {found.api_url}" if found else ""


def _wandb_key() -> Check:
    source = _key_source()
    if source:
        return Check("W&B key", "ok", source)
    return Check(
        "W&B key",
        "optional",
        "none: local runs use the local backend",
        "`wandb login` or WANDB_API_KEY, to use W&B",
    )


def _data_folder() -> Check:
    from wandb_flyte.runtime.backend import local_server

    folder = local_server.data_dir()
    try:
        local_server.make_folder(folder)
    except UserError as error:
        return Check("data folder", "error", error.message, error.hint)
    return Check("data folder", "ok", str(folder))


def _local_backend() -> Check:
    from wandb_flyte.runtime.backend import local_server

    server = local_server.find()
    if server is None:
        return Check("local backend", "ok", "not running: starts when a run needs it")
    if server.version != __version__:
        detail = f"{server.url}, version {server.version}"
        remedy = "`wandb-flyte local stop`, so that the next run starts the installed version"
        return Check("local backend", "optional", detail, remedy)
    return Check("local backend", "ok", f"running at {server.url}")


def _flyte_config() -> Check:
    from wandb_flyte.cli._flyte_config import find_config

    remedy = "`flyte create config --endpoint HOST`, for `run --remote`"
    try:
        config = find_config()
    except UserError as error:
        return Check("Flyte config", "optional", error.message, error.hint)
    if config is None:
        return Check("Flyte config", "optional", "none: only local runs", remedy)
    return Check("Flyte config", "ok", f"{config.path}, endpoint {config.endpoint}")


def _project(folder: Path) -> Check:
    from wandb_flyte.cli._project import find_project
    from wandb_flyte.generate.answers import is_generated
    from wandb_flyte.generate.names import ANSWERS

    try:
        project = find_project(folder)
    except UserError as error:
        if is_generated(folder):
            return Check("project", "error", " ".join(error.message.split()), error.hint)
        return Check("project", "optional", "none here", error.hint)
    version = project.template_version
    if not version:
        return Check("project", "ok", f"{project.root}, not from the template")
    detail = f"{project.root}, template {version}"
    try:
        sweeps = [project.of_sweep(sweep.name) for sweep in project.sweeps]
    except UserError as error:
        return Check("project", "error", f"{detail}. {error.message}", error.hint)
    if sweeps:
        names = [each.sweep.name for each in sweeps if each.sweep]
        what = "sweep" if len(names) == 1 else "sweeps"
        detail = f"{detail}, with the {what} {', '.join(names)}"
    if gone := [each.sweep_file for each in sweeps if not each.sweep_file.is_file()]:
        remedy = "`git restore` brings it back; a sweep that you removed is to leave "
        return Check(
            "project",
            "error",
            f"{detail}; not there: {', '.join(str(file) for file in gone)}",
            f"{remedy}`{ANSWERS}` too",
        )
    if problem := _unreadable([project, *sweeps]):
        return Check("project", "error", f"{detail}; {problem}")
    return Check("project", "ok", detail)


def _unreadable(projects: Iterable[Project]) -> str:
    """The first of the files that a run imports which Python can't read, empty without one."""
    from wandb_flyte.spec import NotPython, parse_python

    for project in projects:
        folder = project.root.joinpath(*project.module.split("."))
        for file in (folder / "settings.py", folder / "workflow.py", project.objective_file):
            try:
                parse_python(file.read_bytes())
            except NotPython as error:
                return f"{file.relative_to(project.root)}:{error.line}: {error.message}"
            except OSError:
                continue  # What is not there may not be needed.
    return ""


def _provenance(folder: Path) -> tuple[Check, ...]:
    from wandb_flyte.generate.answers import is_generated
    from wandb_flyte.generate.updates.provenance import find_provenance

    if not is_generated(folder):
        return ()
    try:
        layers = find_provenance(folder).layers
    except UserError as error:
        return (Check("made from", "optional", " ".join(error.message.split()), error.hint),)
    detail = ", ".join(
        f"{layer.name} {layer.version} ({layer.digest[:19] or 'no hash recorded'})"
        for layer in layers
    )
    problems = " ".join(layer.problem for layer in layers if layer.problem)
    if problems:
        remedy = "`wandb-flyte diff` shows what differs; `wandb-flyte update` records it anew"
        return (Check("made from", "optional", f"{detail}. {problems}", remedy),)
    return (Check("made from", "ok", detail),)
