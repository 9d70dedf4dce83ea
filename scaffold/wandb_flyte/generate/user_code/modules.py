"""An objective with files of the user's around it: what comes along, and how it is found there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from wandb_flyte.analysis.source.sources import Sources, Unreadable
from wandb_flyte.errors import Finding
from wandb_flyte.generate.names import show, show_path

from ._imports import import_roots, local_imports, requirements
from ._on_import import acting, acts_on_import
from .objective import Objective
from .packing import Copied, Layout, Pack

# Files that a project has of its own, in the place where the user's would go.
_TAKEN = frozenset(
    {
        ".copier-answers.yml",
        ".gitignore",
        "README.md",
        "prices.toml",
        "pyproject.toml",
        "sweep.yaml",
        "tests/test_workflow.py",
    }
)
_OBJECTIVE = '''\
"""What one trial does: `{name}` of `{module}`, which lies beside this package."""

from {module} import {name}

__all__ = ["{name}"]
'''


@dataclass(frozen=True)
class Surroundings:
    """The files that an objective needs, its own among them.

    Attributes:
        source: The project's objective.py.
        files: The other files, by their place in the project's folder; none when objective.py is
            the objective's own file, which needs no other.
        left: What stays behind, a line each.
        dependencies: What their imports need, as requirements.
    """

    source: bytes
    files: tuple[Copied, ...]
    left: tuple[str, ...]
    dependencies: tuple[str, ...]

    @property
    def entries(self) -> tuple[str, ...]:
        """The files in short: instead of those of a folder with code the folder."""
        return entries(file.path for file in self.files)


def entries(paths: Iterable[str]) -> tuple[str, ...]:
    """Paths of files in short: instead of those of a folder with code the folder."""
    places = [PurePosixPath(path) for path in paths]
    code = {place.parts[0] for place in places if place.suffix == ".py" and place.parts[1:]}
    return tuple(sorted({f"{p.parts[0]}/" if p.parts[0] in code else str(p) for p in places}))


def read_surroundings(
    objective: Objective, spec: Path, package: str, findings: list[Finding]
) -> Surroundings | None:
    """Reads what an objective has around it. Nothing of it runs.

    Args:
        objective: The objective.
        spec: The sweep config's file, which a project has anyway.
        package: The new project's package, empty for one that is there already.
        findings: Gets what is wrong with it, and what looks like a secret.

    Returns:
        Its files; None when they can't be read.
    """
    file = objective.ref.file.resolve()
    roots = import_roots(file, objective.imports)
    try:
        modules = Sources(file, roots).modules
    except Unreadable:
        return None  # The check has said so.
    here = Path.cwd().resolve()
    homes = dict.fromkeys([*roots, *([here] if file.is_relative_to(here) else [])])
    pack = Pack(Layout(tuple(homes), roots, taken=_TAKEN), findings)
    imports = {one for module in modules for one in pack.add_module(module)}
    place = pack.layout.target(file) or file.name
    if place not in pack.files:
        return None
    findings += _missing(objective, roots, pack)
    findings += [one for module in modules[1:] for one in _acting(module.file)]
    dependencies = requirements(imports)
    if all(PurePosixPath(path).name == "__init__.py" for path in pack.files if path != place):
        return Surroundings(pack.files[place].content, (), tuple(pack.left), dependencies)
    findings += _in_the_way(pack, package)
    module = _rename(pack, place)
    whole = any(not source.is_relative_to(roots[0]) for source in pack.sources)
    others = pack.others(pack.layout.start if whole else roots[0], spec)
    return Surroundings(
        _OBJECTIVE.format(name=objective.ref.name, module=module).encode(),
        tuple(pack.files[path] for path in sorted(pack.files)),
        # What is in a project stays there, whichever of its sweeps needs it.
        (*pack.left, *(others if package else ())),
        dependencies,
    )


def _rename(pack: Pack, place: str) -> str:
    """The name of the module at a place, which gets one if its file's name is none."""
    path = PurePosixPath(place)
    if not path.stem.isidentifier():
        fitting = re.sub(r"\W", "_", path.stem)
        path = path.with_stem(fitting if fitting.isidentifier() else f"_{fitting}")
        pack.files[str(path)] = replace(pack.files.pop(place), path=str(path))
    return ".".join(path.with_suffix("").parts)


def _missing(objective: Objective, roots: tuple[Path, ...], pack: Pack) -> Iterator[Finding]:
    """Imports of files that do not come along."""
    there = {PurePosixPath(path).parts[0].removesuffix(".py") for path in pack.files}
    local = {one for root in roots for one in local_imports(objective.imports, root)}
    for imported in sorted(local, key=lambda one: one.line):
        if imported.top and imported.top not in there:
            file = objective.ref.file
            yield Finding(
                f"`{imported.module}` is a file of yours, which the project would not have.",
                f"Move what you need from it into `{show(file.name)}`, or install it as a package.",
                show_path(file),
                imported.line,
                severity="error" if imported.certain else "warning",
                code="WF403",
            )


def _in_the_way(pack: Pack, package: str) -> Iterator[Finding]:
    """A folder or module of the user's where the project's package goes."""
    for path in sorted(pack.files):
        if PurePosixPath(path).parts[0].removesuffix(".py") == package:
            message = f"Your `{show(path)}` would be in the place of the project's own package."
            yield Finding(message, "Give the project another name.")
            return


def _acting(file: Path) -> Iterator[Finding]:
    for line, called in acts_on_import(file.read_bytes()):
        yield acting(file, line, called)
