"""The distributions that an objective's imports come from: the project's dependencies."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Import names whose distribution has another name, for what is not installed here.
_OTHERWISE = {
    "Bio": "biopython",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "faiss": "faiss-cpu",
    "fitz": "pymupdf",
    "git": "gitpython",
    "hydra": "hydra-core",
    "pytorch_lightning": "pytorch-lightning",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
_NAME = re.compile(r"[0-9A-Za-z._-]+")
# What every project depends on anyway.
_ALWAYS = frozenset({"flyte", "wandb_flyte"})
# Their versions are wandb-flyte's own affair.
_UNBOUND = frozenset({"wandb"})


@dataclass(frozen=True)
class Import:
    """One imported module.

    Attributes:
        module: Its full name; dots at the front for a relative import.
        line: Where it is imported.
        certain: Whether every import of the file runs it.
    """

    module: str
    line: int
    certain: bool

    @property
    def top(self) -> str:
        """The outermost package's name; empty for a relative import."""
        return self.module.partition(".")[0]


def find_imports(module: ast.Module) -> tuple[Import, ...]:
    """The modules that a file imports, those inside functions included."""
    certain = {id(node) for node in module.body}
    found: list[Import] = []
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found += [Import(a.name, node.lineno, id(node) in certain) for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            name = "." * node.level + (node.module or "")
            found.append(Import(name, node.lineno, id(node) in certain))
    return tuple(sorted(found, key=lambda imported: imported.line))


def local_imports(imports: Iterable[Import], folder: Path) -> Iterator[Import]:
    """The imports that would not work in a project: relative ones, and of files in `folder`."""
    for imported in imports:
        top = imported.top
        if not top or (top not in sys.stdlib_module_names and _is_beside(folder, top)):
            yield imported


def import_roots(file: Path, imports: Iterable[Import]) -> tuple[Path, ...]:
    """The folders that a file's imports start from, the one of its own module first.

    That one is the file's folder, as `python FILE` has it, or the one around its package, when it
    imports relatively or by the package's name. The current folder and `src` in it count where
    something that is not installed is imported from there.

    Args:
        file: The file, as an absolute path.
        imports: Its imports.
    """
    folder, here = file.parent, Path.cwd().resolve()
    dots = [len(one.module) - len(one.module.lstrip(".")) for one in imports]
    around = folder.joinpath(*[".."] * max(dots, default=0)).resolve()
    while (around / "__init__.py").is_file():
        around = around.parent
    tops = {imported.top for imported in imports} - {"", *sys.stdlib_module_names}
    inner = [home for home in (around, here / "src", here) if home in folder.parents]
    named = (
        home
        for home in inner
        if (top := file.relative_to(home).parts[0]) in tops and _is_beside(home, top)
    )
    own = around if any(dots) else next(named, folder)
    others = [
        home
        for home in (around, here / "src", here)
        if any(_is_beside(home, top) and _installed(top) is None for top in tops)
    ]
    return tuple(dict.fromkeys([own, *others]))


def _is_beside(folder: Path, top: str) -> bool:
    if (folder / f"{top}.py").is_file() or (folder / top / "__init__.py").is_file():
        return True
    # Python takes an installed package before a folder that has no __init__.py.
    return any((folder / top).glob("*.py")) and _installed(top) is None


def requirements(imports: Iterable[Import]) -> tuple[str, ...]:
    """The requirements that these imports make, such as `numpy>=2.1`, sorted."""
    found = set()
    for top in {imported.top for imported in imports} - _ALWAYS:
        if top and top not in sys.stdlib_module_names:
            found.add(_requirement(top))
    return tuple(sorted(found))


def missing(imports: Iterable[Import]) -> tuple[str, ...]:
    """The distributions of these imports that are not installed here, sorted."""
    tops = {imported.top for imported in imports} - set(sys.stdlib_module_names) - {""}
    return tuple(sorted(_OTHERWISE.get(top, top) for top in tops if _installed(top) is None))


def is_required(package: str, requirements: Iterable[str]) -> bool:
    """Whether a package's name is the one that a requirement, or its module, has."""
    for requirement in requirements:
        found = _NAME.match(requirement)
        name = found[0].lower() if found else requirement
        modules = {top.lower() for top, other in _OTHERWISE.items() if other == name}
        if package in {*modules, re.sub(r"[-_.]+", "_", name)}:
            return True
    return False


def not_installed(requirements: Iterable[str]) -> tuple[str, ...]:
    """Those of these requirements whose distribution is not here, in whatever version."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for requirement in requirements:
        name = _NAME.match(requirement)
        try:
            version(name[0] if name else requirement)
        except PackageNotFoundError:
            found.append(requirement)
    return tuple(found)


def _requirement(top: str) -> str:
    installed = _installed(top)
    if top in _UNBOUND:
        return top
    if installed is None:
        return _OTHERWISE.get(top, top.replace("_", "-"))
    name, version = installed
    return f"{name}>={'.'.join(version.split('+')[0].split('.')[:2])}"


def _installed(top: str) -> tuple[str, str] | None:
    """The distribution and version behind an import name in this environment."""
    for name in (_OTHERWISE.get(top), top):
        version = name and _version_with(name, top)
        if name and version:
            return name, version
    found = _by_import_name().get(top)
    return None if found and _is_a_folder_here(found[0]) else found


def _is_a_folder_here(name: str) -> bool:
    """Whether it is installed in place, from a folder of the user's: no index has it."""
    from importlib.metadata import distribution

    told = distribution(name).read_text("direct_url.json")
    return bool(told and json.loads(told).get("dir_info", {}).get("editable"))


def _version_with(name: str, top: str) -> str | None:
    # Looking at every distribution takes a tenth of a second; most have their module's name.
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    there = any(Path(str(found.locate_file(entry))).exists() for entry in (top, f"{top}.py"))
    return found.version if there else None


@cache
def _by_import_name() -> dict[str, tuple[str, str]]:
    from importlib.metadata import packages_distributions, version

    found: dict[str, tuple[str, str]] = {}
    for top, distributions in packages_distributions().items():
        # A namespace package has several; the one of the same name is the likeliest.
        same = [name for name in distributions if name.replace("-", "_").lower() == top.lower()]
        name = (same or distributions)[0]
        found[top] = (name.lower(), version(name))
    return found
