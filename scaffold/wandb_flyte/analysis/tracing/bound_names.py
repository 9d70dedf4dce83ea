"""The names that each scope of a program binds and can see, and what they surely stand for."""

from __future__ import annotations

import ast
import builtins
import glob
from collections.abc import Set
from pathlib import Path

from wandb_flyte.analysis.source.kinds import is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.syntax import walk

from .certain import Certain
from .flow import Flow

_ALWAYS = frozenset(dir(builtins)) | {
    *(
        "_",
        "WindowsError",
        "__annotations__",
        "__class__",
        "__file__",
        "__path__",
        "__qualname__",
        "__module__",
    ),
}
# What has no names of its own.
_SILENT = (ast.Attribute, ast.Call, ast.Constant, ast.Expr, ast.keyword)
# What may bind any name of a module.
_BINDS_ANY = frozenset({"builtins", "exec", "globals", "locals", "vars"})
_DEEPEST = 5


class Own:
    """The names of one scope.

    Attributes:
        bound: Those that it binds, in whatever order.
        shared: Those of its module's that it binds too.
        loads: Where it asks for one.
        members: Where it asks a name for what it has.
        imports: Where it imports something.
        hidden: The parts of annotations, which Python need not look up.
        is_open: Whether it may bind any.
    """

    def __init__(self, scope: Scope) -> None:
        self.bound: set[str] = set()
        self.shared: set[str] = set()
        self.loads: list[ast.Name] = []
        self.members: list[ast.Attribute] = []
        self.imports: list[ast.Import | ast.ImportFrom] = []
        self.hidden: set[int] = set()
        if scope.node is not None:
            self.bound = set(scope.takes)
            self.bound |= {one.name for one in getattr(scope.node, "type_params", ())}
        for node in scope.nodes:
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load):
                    self.loads.append(node)
                else:
                    self.bound.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                self.members.append(node)
            elif not isinstance(node, _SILENT):
                self._note(node)
        self.is_open = any(node.id in _BINDS_ANY for node in self.loads)

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.alias):
            self.bound.add(imported_as(node))
        elif isinstance(node, ast.arg):
            self.bound.add(node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self.imports.append(node)
        elif isinstance(node, ast.Global):
            self.shared.update(node.names)
        elif isinstance(node, ast.AnnAssign):
            self.hidden.update(id(part) for part in walk(node.annotation))
        elif isinstance(node, ast.MatchMapping):
            self.bound.add(node.rest or "")
        elif isinstance(name := getattr(node, "name", None), str):
            self.bound.add(name)  # A function, a class, what is caught, what a case captures.


class Names:
    """The names that each scope of a program can see.

    Args:
        flow: The program.
        certain: What every run comes to.
    """

    def __init__(self, flow: Flow, certain: Certain) -> None:
        self._scopes = flow.scopes
        self._certain = certain
        self.sources = flow.sources
        everywhere = flow.scopes.everywhere
        self._own = {id(scope): Own(scope) for scope in everywhere}
        self._open = {id(one.module) for one in everywhere if self._own[id(one)].is_open}
        self._shared: dict[int, set[str]] = {}
        # The attributes that objects give themselves, and those that others give them.
        self._set: dict[bool, set[str]] = {True: set(), False: set()}
        for one in everywhere:
            own = self._own[id(one)]
            self._shared.setdefault(id(one.module), set()).update(own.shared)
            for node in own.members:
                if not isinstance(node.ctx, ast.Load):
                    self._set[is_name(node.value, "self")].add(node.attr)
        self._in_module = {id(one): self._top_level(one) for one in flow.sources.modules}
        self._loaded = self._surely_loaded(flow.sources.entry)

    # -- names ------------------------------------------------------------------------------------

    def of(self, scope: Scope) -> Own:
        """The names of one scope."""
        return self._own[id(scope)]

    def seen_in(self, scope: Scope) -> list[Set[str]] | None:
        """The names that a scope can see, by where they are; None when they can't all be known."""
        names = self._in_module[id(scope.module)]
        if names is None:
            return None
        found: list[Set[str]] = [names, _ALWAYS]
        inner: Scope | None = scope
        while inner is not None:
            found.append(self._own[id(inner)].bound)
            inner = inner.outer
        return found

    def is_missing(self, name: str, module: Module) -> bool:
        """Whether a module has no such name, and no module of that name lies beside it."""
        known = self._in_module.get(id(module))
        if known is None or {name, "__getattr__"} & known or name in self._set[False] | _ALWAYS:
            return False
        if name.startswith("__") and name.endswith("__"):
            return False  # Python's own, as `__dict__`.
        return not is_module_in(module.file.parent, name)

    def package(self, name: str) -> Path | None:
        """The folder of one of the program's own packages, where no other has its name.

        Of a package that Python does not find first, only where the program reads from it.
        """
        roots = filter(Path.is_dir, self.sources.roots)
        found = [root / name for root in roots if is_module_in(root, name)]
        if len(found) != 1:
            return None
        read = (one.file.is_relative_to(found[0]) for one in self.sources.modules)
        return found[0] if found[0].parent in self.sources.first_roots or any(read) else None

    def is_first(self, name: str) -> bool:
        """Whether Python finds a package of the program's before an installed one of its name."""
        return any(is_module_in(root, name) for root in self.sources.first_roots)

    def _top_level(self, module: Module, depth: int = 0) -> frozenset[str] | None:
        top = self._scopes.top_of(module)
        if top is None or "*" in module.outside or depth > _DEEPEST or id(module) in self._open:
            return None
        names = self._own[id(top)].bound | self._shared[id(module)]
        for other in module.stars:
            more = self._top_level(other, depth + 1)
            if more is None:
                return None
            names |= more
        return frozenset(names)

    # -- what they stand for ----------------------------------------------------------------------

    def module_of(self, name: str, scope: Scope) -> Module | None:
        """The module of the program that a name surely stands for in a scope."""
        source, inner = scope.module.imports.get(name, (None, ""))
        if source is None or inner or not self.sources.comes_first(source):
            return None
        if self._is_hidden(source):
            return None
        holder = self.bound_once(name, scope)
        return source if holder is not None and self._is_only_import(name, holder) else None

    def _is_hidden(self, module: Module) -> bool:
        """Whether the package around a module binds its name to something itself."""
        is_package = module.file.name == "__init__.py"
        own = module.file.parent if is_package else module.file
        around = own.parent / "__init__.py"
        outer = [one for one in self.sources.modules if one.file == around]
        is_unread = not outer and around.is_file() and around.stat().st_size > 0
        return is_unread or any(own.stem in (self._in_module[id(one)] or ()) for one in outer)

    def _is_only_import(self, name: str, holder: Scope) -> bool:
        """Whether a module imports something under a name in one of its scopes alone."""
        imports = [
            one
            for one in self._scopes.everywhere
            if one.module is holder.module
            for node in self._own[id(one)].imports
            for alias in node.names
            if imported_as(alias) == name
        ]
        return len(imports) == 1 and imports[0] is holder

    def stands_for(
        self, name: str, scope: Scope, target: Scope | ast.ClassDef, depth: int = 0
    ) -> bool:
        """Whether a name can be nothing else than a function or class of the program."""
        holder = self.bound_once(name, scope)
        if depth > _DEEPEST:
            return False
        if holder is None:
            top = self._from_star(name, scope)
            return top is not None and self.stands_for(name, top, target, depth + 1)
        around = self._scopes.defined_in(target)
        if around is holder:
            return True
        source, there = holder.module.imports.get(name, (None, ""))
        if source is None or not there:
            return False
        if holder.node is not None and not self._is_only_import(name, holder):
            return False
        top = self._scopes.top_of(source) if self.sources.comes_first(source) else None
        return top is not None and self.stands_for(there, top, target, depth + 1)

    def _from_star(self, name: str, scope: Scope) -> Scope | None:
        """The module that a name comes from by `from x import *`, where none else may have it."""
        inner: Scope | None = scope
        while inner is not None:
            if name in self._own[id(inner)].bound:
                return None
            inner = inner.outer
        module = scope.module
        known = {id(one): self._in_module.get(id(one)) for one in module.stars}
        if "*" in module.outside or None in known.values() or name.startswith("_"):
            return None
        found = [one for one in module.stars if name in (known[id(one)] or ())]
        source = found[0] if len(set(map(id, found))) == 1 else None
        if source is None or "__all__" in (known[id(source)] or ()):
            return None
        return self._scopes.top_of(source) if self.sources.comes_first(source) else None

    def is_own_method(self, name: str, scope: Scope) -> bool:
        """Whether `self.name` can only be the method of that name in a method's own class."""
        methods = self._scopes.methods.get(name, [])
        return len(methods) == 1 and methods[0].owner is scope.owner and not self.is_set(name)

    def is_set(self, name: str) -> bool:
        """Whether the code gives an object or a module something of a name."""
        return any(name in one for one in self._set.values())

    def bound_once(self, name: str, scope: Scope) -> Scope | None:
        """The scope whose name it is, where one statement alone binds it."""
        inner: Scope | None = scope
        while inner is not None and name not in self._own[id(inner)].bound:
            inner = inner.outer
        if inner is None or name in self._shared[id(scope.module)]:
            return None
        given = name in inner.takes
        times = len(inner.binding(name))
        if times > 1 and inner.node is None:
            times -= self._stars_without(name, inner)
        return inner if times == 1 and not given else None

    def _stars_without(self, name: str, top: Scope) -> int:
        """How many of a module's `from x import *` surely leave a name as it is."""
        module, stars = top.module, top.binding("*")
        if "*" in module.outside:
            return 0
        known = [self._in_module.get(id(one)) for one in module.stars]
        is_sure = all(names is not None and name not in names for names in known)
        return len(set(map(id, stars))) if is_sure else 0

    # -- what every run comes to ------------------------------------------------------------------

    def is_certain(self, node: ast.AST, scope: Scope) -> bool:
        """Whether every run comes to a node, in a module that every run imports."""
        return self.is_loaded(scope.module) and self._certain.is_certain(node, scope)

    def is_loaded(self, module: Module) -> bool:
        """Whether every run imports a module."""
        return id(module) in self._loaded

    def _surely_loaded(self, entry: Module) -> set[int]:
        """The modules that every run imports."""
        loaded = {id(entry)}
        while True:
            found = {
                id(source)
                for scope in self._scopes.reached
                if id(scope.module) in loaded
                for node in self._own[id(scope)].imports
                if self._certain.is_certain(node, scope)
                for alias in node.names
                for source in _imported(alias, scope.module)
            }
            if found <= loaded:
                return loaded
            loaded |= found


def imported_as(alias: ast.alias) -> str:
    """The name that an import binds."""
    return alias.asname or alias.name.partition(".")[0]


def is_module_in(folder: Path, name: str) -> bool:
    """Whether a folder has a module of a name, in whatever form."""
    escaped = glob.escape(name)
    return not folder.is_dir() or any(any(folder.glob(one)) for one in (escaped, f"{escaped}.*"))


def _imported(alias: ast.alias, module: Module) -> list[Module]:
    if alias.name == "*":
        return module.stars
    source = module.imports.get(imported_as(alias))
    return [source[0]] if source else []
