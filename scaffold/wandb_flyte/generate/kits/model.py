"""What a kit is: a team's own layer over the base template, read whole into memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What a kit can answer, as a default or for good, and the option of `new` that answers it too.
SETTINGS = {
    "entity": "--entity",
    "project": "--project",
    "backend": "--backend",
    "trials": "--trials",
    "agents": "--agents",
    "profile": "--profile",
    "host": "",
    "registry": "",
    "base_image": "",
    "secret": "",
}
# What a kit can cap: of one sweep, and of what one is forecast to take.
COUNTS = ("trials", "agents")
BUDGET = ("cost", "gpu_hours", "cpu_hours")
# Where the base template takes something in, and the file of a kit's `blocks` that goes there.
EXTENSION_POINTS = {
    "dependencies": "dependencies.txt",
    "ci_jobs": "ci-jobs.yml",
    "image": "image.toml",
    "environment": "environment.toml",
}


@dataclass(frozen=True)
class Manifest:
    """What a kit's `kit.toml` says.

    Attributes:
        name: The kit's name.
        summary: What it is, in one line.
        extends: The kit that it builds on, as `URL[@VERSION]`; empty when there is none.
        starter: The starter of a new project that names none, empty for the base's own.
        defaults: Answers that a project may give otherwise.
        fixed: Answers that nobody gives otherwise.
        caps: The most trials and agents that a sweep may have, and the most that it may take.
        profiles: What an agent can get, by name.
        currency: What prices are in.
        prices: What an hour of a `cpu`, a `gpu` or a GPU of some type costs.
        yours: Patterns of files that are written once and left to the user.
        moves: The new names of files that were renamed.
    """

    name: str
    summary: str = ""
    extends: str = ""
    starter: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    currency: str = ""
    caps: Mapping[str, float] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    prices: Mapping[str, float] = field(default_factory=dict)
    yours: tuple[str, ...] = ()
    moves: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Blocks:
    """What a kit adds to files of the base template.

    Attributes:
        dependencies: Requirements of the project.
        ci_jobs: Jobs of its CI, as YAML.
        image: Layers of its image: `apt`, `pip` and `commands`.
        environment: Variables that its tasks find.
    """

    dependencies: tuple[str, ...] = ()
    ci_jobs: str = ""
    image: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kit:
    """A version of a kit that was read and found harmless.

    Attributes:
        source: Where it is from, as a project records it.
        version: Its tag, or its commit when it has none.
        commit: Its commit.
        digest: The SHA-256 of its files.
        manifest: What its `kit.toml` says.
        blocks: What it adds to files of the base template.
        files: All its files.
        executables: The names of those that can be run.
    """

    source: str
    version: str
    commit: str
    digest: str
    manifest: Manifest
    blocks: Blocks
    files: Mapping[str, bytes]
    executables: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The kit's name."""
        return self.manifest.name

    @property
    def starters(self) -> tuple[str, ...]:
        """The names of its starters, sorted."""
        parts = [name.split("/") for name in self.files]
        return tuple(sorted({part[1] for part in parts if part[0] == "starters" and part[2:]}))

    def below(self, folder: str) -> dict[str, bytes]:
        """Its files below a folder, by their names in that folder."""
        start = f"{folder}/"
        return {
            name.removeprefix(start): content
            for name, content in self.files.items()
            if name.startswith(start)
        }

    def record(self) -> dict[str, str]:
        """What a project says of it."""
        return {
            "name": self.name,
            "source": self.source,
            "version": self.version,
            "commit": self.commit,
            "hash": f"sha256:{self.digest}",
        }
