"""Names that a program uses and nowhere binds: every run that comes to one stops there."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Set
from contextlib import suppress
from pathlib import Path

from wandb_flyte.analysis.config.reads import Place
from wandb_flyte.analysis.source.kinds import all_args
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.syntax import FUNCTIONS, Function, walk
from wandb_flyte.analysis.tracing.bound_names import Names, imported_as, is_module_in
from wandb_flyte.generate.check.trial.beginning import beginning
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.switches import Switches

# What says which modules are made, and is looked at in so many folders, so far.
_BUILDS = (".gitignore", "setup.py", "CMakeLists.txt", "meson.build", "pyproject.toml")
# What compiles modules, under names that other files say.
_COMPILES = (
    r"ext_modules|cffi_modules|rust_extensions|scikit[-_]build|maturin|mesonpy|nanobind|pybind11"
    r"|add_subdirectory"
)
_DEEPEST = 3


def find_undefined(case: Case, switches: Switches) -> dict[str, tuple[Place, str]]:
    """What runs surely ask for and nothing binds, each with its first place, and whose runs.

    Names, looked up as Python does: in the function, those around it, its module, and `builtins`;
    and what is asked of the program's own modules, which have no such name.
    """
    found: dict[str, tuple[Place, str]] = {}
    flow, names = case.program.flow, case.program.names
    for scope in flow.scopes.reached:
        own, known = names.of(scope), names.seen_in(scope)
        asked: list[tuple[ast.AST, str]] = [
            (node, name)
            for node in own.imports
            if isinstance(node, ast.ImportFrom)
            for name in _missing_in(node, scope.module, names)
        ]
        if known is not None:
            unknown = (node for node in own.loads if not _is_in(node.id, known))
            unknown = (node for node in unknown if not _is_part(node.id, scope.module.file))
            asked += [(node, node.id) for node in unknown if id(node) not in own.hidden]
        asked += [(n, ast.unparse(n)) for n in own.members if _is_missing(n, scope, names)]
        for node, name in asked:
            if name not in found and (who := switches.stopped(node, scope)):
                found[name] = (scope.place(node), who)
    return found


def find_missing_modules(case: Case, switches: Switches) -> dict[str, tuple[Place, bool]]:
    """The modules that every run asks the program's own packages for, and that these have not.

    Returns:
        Each with its first place, and whether Python looks into that package before any other.
    """
    found: dict[str, tuple[Place, bool]] = {}
    names = case.program.names
    for scope in case.program.flow.scopes.reached:
        for node in names.of(scope).imports:
            if getattr(node, "level", 0) or not names.is_certain(node, scope):
                continue
            whole = node.module or "" if isinstance(node, ast.ImportFrom) else None
            asked = [one.name for one in node.names] if whole is None else [whole]
            for name in filter(None, (_missing_below(one, names) for one in asked)):
                if switches.sure(node, scope):
                    place = (scope.module.file, node.lineno)
                    found.setdefault(name, (place, names.is_first(name.partition(".")[0])))
    return found


def find_undefined_annotations(case: Case, switches: Switches) -> dict[str, Place]:
    """The names that annotations ask for and nothing binds, each with its first place.

    Of those that Python before 3.14 looks up when every run comes to what they stand on.
    """
    found: dict[str, Place] = {}
    names = case.program.names
    lazy = {id(module) for module in case.program.flow.sources.modules if _is_lazy(module)}
    for scope in case.program.flow.scopes.reached:
        known = names.seen_in(scope)
        if known is None or id(scope.module) in lazy:
            continue
        for node in scope.each(ast.AnnAssign, *FUNCTIONS):
            asked = {one for one in _annotation_names(node, scope) if not _is_in(one.id, known)}
            if asked and switches.reached(node, scope):
                for one in sorted(asked, key=lambda one: one.lineno):
                    found.setdefault(one.id, (scope.module.file, one.lineno))
    return found


def _annotation_names(node: ast.AST, scope: Scope) -> set[ast.Name]:
    """The names in annotations that a statement has looked up; of a function's variables none."""
    annotations: list[ast.expr | None] = []
    own: set[str] = set()
    if isinstance(node, ast.AnnAssign) and scope.node is None:
        annotations = [node.annotation]
    elif isinstance(node, Function):
        annotations = [node.returns, *(arg.annotation for arg in all_args(node))]
        own = {one.name for one in getattr(node, "type_params", ())}
    parts = (part for one in annotations if one is not None for part in walk(one))
    return {part for part in parts if isinstance(part, ast.Name) and part.id not in own}


def _is_lazy(module: Module) -> bool:
    """Whether a module leaves its annotations as text: `from __future__ import annotations`."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(one.name == "annotations" for one in node.names)
        for node in module.tree.body
    )


def _is_part(name: str, file: Path) -> bool:
    """Whether a package has a module of a name: an import of it binds the name there."""
    return file.name == "__init__.py" and is_module_in(file.parent, name)


def _is_in(name: str, known: list[Set[str]]) -> bool:
    return any(name in one for one in known)


def find_unbound(case: Case, switches: Switches) -> Iterator[tuple[str, str, Place]]:
    """Names that every run asks for, and that are only bound where no trial comes to.

    Returns:
        Each name, with what would have to hold for it to be bound, and the first place.
    """
    flow, names = case.program.flow, case.program.names
    for scope in flow.scopes.reached:
        if names.seen_in(scope) is None or flow.scopes.runs_text:
            continue
        own = names.of(scope)
        given = scope.takes if scope.node else set(dir(builtins))
        told = {*own.shared, *given}
        for node in own.loads:
            if node.id in told or node.id not in own.bound:
                continue
            binding = scope.binding(node.id)
            if any(id(one) in scope.certain for one in binding):
                told.add(node.id)
                continue
            if not names.is_certain(node, scope):
                continue
            told.add(node.id)
            condition = switches.all_closed([(one, scope) for one in binding])
            if condition and switches.sure(node, scope) and not switches.closed(node, scope):
                yield node.id, condition, (scope.module.file, node.lineno)


def _is_missing(node: ast.Attribute, scope: Scope, names: Names) -> bool:
    """Whether a module of the program is asked for what it has not."""
    root = getattr(node.value, "id", "")
    if root not in scope.module.imports or not isinstance(node.ctx, ast.Load):
        return False
    module = names.module_of(root, scope)
    return module is not None and names.is_missing(node.attr, module)


def _missing_in(node: ast.ImportFrom, module: Module, names: Names) -> list[str]:
    """The names that an import asks one of the program's modules for, and that it has not."""
    missing = [one.name for one in node.names if _lacks(module, one, node, names)]
    around = module.file.resolve().parents
    is_outside = any(imported_as(one) in module.outside for one in node.names)
    if missing or not is_outside or not 0 < node.level <= len(around):
        return missing
    inner = node.module.split(".") if node.module else [node.names[0].name]
    folder = around[node.level - 1].joinpath(*inner[:-1])
    if is_module_in(folder, inner[-1]) or _is_built(inner[-1], folder / inner[-1]):
        return []
    return [f"{'.' * node.level}{'.'.join(inner)}"]


def _missing_below(whole: str, names: Names) -> str:
    """The module that a dotted name asks one of the program's own packages for in vain."""
    top, *inner = whole.split(".")
    folder = names.package(top)
    for index, part in enumerate(inner):
        if folder is None or not (folder / "__init__.py").is_file() or _changes_path(folder):
            break
        if not is_module_in(folder, part):
            name = ".".join([top, *inner[: index + 1]])
            return "" if _is_built(part, folder / part) else name
        folder /= part
    return ""


def _changes_path(folder: Path) -> bool:
    """Whether a package may have its modules elsewhere."""
    with suppress(OSError, ValueError):
        source = (folder / "__init__.py").read_text("utf-8")
        return any(one in source for one in ("__path__", "meta_path", "modules"))
    return True


def _is_built(name: str, folder: Path) -> bool:
    """Whether a build makes a module of a name, or may: what is said beside or above it."""
    named = rf"(?<!\w){re.escape(name)}(?!\w)"
    for place in list(folder.parents)[:_DEEPEST]:
        for file in (place / one for one in _BUILDS):
            said = beginning(file)
            if re.search(named, said) or re.search(_COMPILES, said):
                return True
    return False


def _lacks(module: Module, alias: ast.alias, node: ast.ImportFrom, names: Names) -> bool:
    source, name = module.imports.get(imported_as(alias), (None, ""))
    if source is None or not name or not (node.level or names.sources.comes_first(source)):
        return False
    is_package = source.file.name == "__init__.py"
    is_built = is_package and _is_built(name, source.file.resolve().parent / name)
    return names.is_missing(name, source) and not is_built
