"""Which code of a program runs, and which names are whose, as far as its source shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from wandb_flyte.spec import dotted

from .decorators import hands_over, registers_with
from .inherited import COMMON, Inherited, is_self
from .kinds import root_name
from .makers import Made
from .scope import Scope
from .sources import Module, Sources
from .statements import defaults, is_main_guard, parts
from .syntax import FUNCTIONS, Definition, Function, walk


class Scopes:
    """The scopes of a program that its start can reach.

    A function counts as reached when its name stands anywhere in code that is reached.

    Args:
        sources: The program.
        start: The function that is called, None when the file is started as a script.
        made: What a config names of it.
    """

    def __init__(self, sources: Sources, start: Function | None, made: Made | None = None) -> None:
        self.made = made or Made()
        self.parents: dict[int, ast.AST] = {}
        self.reached: list[Scope] = []
        self.by_node: dict[int, Scope] = {}
        self.methods: dict[str, list[Scope]] = {}
        self.classes: dict[str, list[ast.ClassDef]] = {}
        self._inherited = Inherited(self.classes)
        self._named: dict[str, list[Scope]] = {}
        # What has been looked up already, and what is being looked up right now.
        self._resolved: dict[int, list[Scope | ast.ClassDef]] = {}
        self._resolving: set[int] = set()
        # The scope that a class is defined in.
        self._around: dict[int, Scope] = {}
        self._tops: list[Scope] = []
        self._top_of: dict[int, Scope] = {}
        for module in sources.modules:
            runs_main = module is sources.entry and start is None
            self._enter_module(module, runs_main)
        self._reach(start)

    @cached_property
    def runs_text(self) -> bool:
        """Whether the program runs code that it reads or makes: it may bind any name."""
        calls = (call for scope in self.reached for call in scope.calls)
        return any(isinstance(call.func, ast.Name) and call.func.id == "exec" for call in calls)

    def outwards(self, node: ast.AST) -> Iterator[ast.AST]:
        """What stands around a place in its function, the innermost first."""
        while (outer := self.parents.get(id(node))) is not None:
            yield outer
            node = outer

    @cached_property
    def names(self) -> dict[str, list[tuple[ast.AST, Scope]]]:
        """Where the code that can run has each name."""
        found: dict[str, list[tuple[ast.AST, Scope]]] = {}
        for scope in self.reached:
            for one in scope.each(ast.Name):
                found.setdefault(one.id, []).append((one, scope))
        return found

    def around(self, scope: Scope) -> Scope | None:
        """The scope around another: of a function at last its module's top level."""
        if scope.outer is not None or scope.node is None:
            return scope.outer
        return self.top_of(scope.module)

    def resolve(self, called: ast.expr, scope: Scope) -> list[Scope | ast.ClassDef]:
        """The functions and classes of the program that a called expression may be."""
        if (known := self._resolved.get(id(called))) is not None:
            return known
        found = self._resolve(called, scope)
        if not self._resolving:
            self._resolved[id(called)] = found
        return found

    def _resolve(self, called: ast.expr, scope: Scope) -> list[Scope | ast.ClassDef]:
        if isinstance(called, ast.Name):
            return self._resolve_name(called.id, scope) or self._resolve_each(called, scope)
        if found := self.made.calls.get(id(called)):
            return [target for node in found for target in self._of(node)]
        if isinstance(called, ast.IfExp | ast.Subscript):
            return self._resolve_each(called, scope)
        if not isinstance(called, ast.Attribute):
            return []
        if isinstance(called.value, ast.Name):
            imported = scope.module.imports.get(called.value.id)
            if imported and not imported[1]:
                definition = imported[0].find(called.attr)
                return self._of(definition[1]) if definition else []
            if called.value.id in scope.module.outside:
                return []
        owners = self._inherited.owners(called, scope.within)
        if owners is None and called.attr in COMMON and not is_self(called.value):
            return self._methods_of(called, scope)
        methods = self.methods.get(called.attr, [])
        return [one for one in methods if owners is None or id(one.owner) in owners]

    def related_to(self, owner: ast.ClassDef) -> set[int]:
        """The ids of the classes that an object may be of or derive from, in a class's method."""
        return self._inherited.related_to(owner)

    def entered_by(self, target: Scope | ast.ClassDef) -> Scope | None:
        """What a call of a function or class enters; None for a class without an `__init__`."""
        return self.init_of(target) if isinstance(target, ast.ClassDef) else target

    def inherited_init(self, target: Scope | ast.ClassDef) -> Scope | None:
        """The `__init__` that a class without one has from the first class above it that does."""
        line = self.line_of(target) if isinstance(target, ast.ClassDef) else []
        return next((init for one in line if (init := self.init_of(one)) is not None), None)

    def line_of(self, owner: ast.ClassDef) -> list[ast.ClassDef]:
        """A class and those of the program that it derives from, by their names; nearest first."""
        line = [owner]
        for one in line:
            for base in _bases_of(one):
                line += [other for other in self.classes.get(base, []) if other not in line]
        return line

    def heirs_of(self, owner: ast.ClassDef) -> list[ast.ClassDef]:
        """The classes that have another as a base, by its name, and those below them."""
        every = [one for many in self.classes.values() for one in many]
        found, names = [owner], {owner.name}
        while more := [one for one in every if one not in found and names & _bases_of(one)]:
            found += more
            names |= {one.name for one in more}
        return found[1:]

    def defined_in(self, target: Scope | ast.ClassDef) -> Scope | None:
        """The scope that a function or class is defined in; None for a method."""
        if isinstance(target, ast.ClassDef):
            return self._around[id(target)]
        return target.outer if target.owner is None else None

    @cached_property
    def everywhere(self) -> list[Scope]:
        """Every scope of the program, also those that nothing reaches."""
        return [*self._tops, *self.by_node.values()]

    @cached_property
    def shared(self) -> frozenset[str]:
        """The names that functions bind in the scopes around them."""
        return frozenset(
            name
            for scope in self.everywhere
            for node in scope.each(ast.Global, ast.Nonlocal)
            for name in node.names
        )

    def top_of(self, module: Module) -> Scope | None:
        """A module's top level."""
        return self._top_of.get(id(module))

    def init_of(self, node: ast.ClassDef) -> Scope | None:
        """The `__init__` that a class defines itself."""
        for child in node.body:
            if isinstance(child, Function) and child.name == "__init__":
                return self.by_node.get(id(child))
        return None

    def _resolve_name(self, name: str, scope: Scope) -> list[Scope | ast.ClassDef]:
        inner: Scope | None = scope
        while inner is not None:
            for other in self._named.get(name, []):
                if other.outer is inner and other.node is not None and other.owner is None:
                    return [other]
            for node in self.classes.get(name, []):
                if self._around[id(node)] is inner:
                    return [node]
            inner = inner.outer
        found = scope.module.find(name)
        return self._of(found[1]) if found else []

    def _methods_of(self, called: ast.Attribute, scope: Scope) -> list[Scope | ast.ClassDef]:
        """The methods of an object's own class, where the program makes the object, or names it."""
        name = called.value.id if isinstance(called.value, ast.Name) else ""
        values = self._given(name, scope) if name else [(called.value, scope)]
        made = [(value.func, place) for value, place in values if isinstance(value, ast.Call)]
        classes = [(func, inner) for func, inner in made if isinstance(func, ast.Name)]
        owners = [target for one in classes for target in self.resolve(*one)]
        owners += self._resolve_name(name, scope) if name else []
        return [
            method
            for method in self.methods.get(called.attr, [])
            if any(method.owner is owner for owner in owners)
        ]

    def _resolve_each(self, called: ast.expr, scope: Scope) -> list[Scope | ast.ClassDef]:
        """The same for what is picked from; none unless all of that is the program's own."""
        if id(called) in self._resolving:
            return []
        self._resolving.add(id(called))
        each = [self.resolve(*one) for one in self._choices(called, scope)]
        self._resolving.remove(id(called))
        return [target for targets in each for target in targets] if all(each) else []

    def _choices(self, node: ast.expr, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """What an expression may be: `A if x else B`, `{"a": A, "b": B}[name]`, a name of it."""
        if isinstance(node, ast.Name):
            return self._given(node.id, scope)
        if isinstance(node, ast.IfExp):
            return [(node.body, scope), (node.orelse, scope)]
        table = node.value if isinstance(node, ast.Subscript) else node
        given = self._given(table.id, scope) if isinstance(table, ast.Name) else [(table, scope)]
        if len(given) != 1 or not isinstance(given[0][0], ast.Dict):
            return []
        return [(value, given[0][1]) for value in given[0][0].values]

    def _given(self, name: str, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """What a name is bound to in a scope, or else at a module's top level; no parameter's."""
        if name in scope.takes:
            return []
        found = [(value, scope) for value in scope.named_values.get(name, ())]
        source, there = scope.module.imports.get(name, (scope.module, name))
        around = self.top_of(source) if there and not found else None
        return found if around is None or around is scope else self._given(there, around)

    def _of(self, node: Definition) -> list[Scope | ast.ClassDef]:
        if isinstance(node, ast.ClassDef):
            return [node]
        scope = self.by_node.get(id(node))
        return [scope] if scope else []

    def _enter_module(self, module: Module, runs_main: bool) -> None:
        top = Scope(module, None, None, None)
        self._tops.append(top)
        self._top_of[id(module)] = top
        body = [node for node in module.tree.body if runs_main or not is_main_guard(node)]
        self._fill(top, body)

    def _fill(self, scope: Scope, body: list[ast.stmt]) -> None:
        """Collects a scope's nodes, and enters the scopes inside it."""
        todo: list[tuple[ast.AST, bool, ast.ClassDef | None]] = [
            (node, True, None) for node in reversed(body)
        ]
        is_top = scope.node is None
        while todo:
            node, sure, owner = todo.pop()
            scope.nodes.append(node)
            if sure:
                scope.certain.add(id(node))
            if isinstance(node, Function):
                self._enter_function(scope, node, owner)
                for part in [*node.decorator_list, *defaults(node)]:
                    self.parents[id(part)] = node
                    todo.append((part, sure, None))
                continue
            inner = node if isinstance(node, ast.ClassDef) else None
            if inner is not None:
                self.classes.setdefault(inner.name, []).append(inner)
                self._around[id(inner)] = scope
            for child, child_sure in parts(node, sure, is_top=is_top):
                self.parents[id(child)] = node
                todo.append((child, child_sure, inner))

    def _enter_function(self, outer: Scope, node: Function, owner: ast.ClassDef | None) -> None:
        scope = Scope(outer.module, node, outer, owner)
        self.by_node[id(node)] = scope
        self._named.setdefault(node.name, []).append(scope)
        if owner is not None:
            self.methods.setdefault(node.name, []).append(scope)
        self._fill(scope, node.body)

    def _reach(self, start: Function | None) -> None:
        todo = [*self._tops, *(self._of(start) if start else ())]
        for one in (one for node in self.made.definitions for one in self._of(node)):
            todo += self.members(one) if isinstance(one, ast.ClassDef) else [one]
        todo = list(dict.fromkeys(todo))
        seen = {id(scope) for scope in todo}
        names: set[tuple[str, Module | None, bool]] = set()
        while todo:
            scope = todo.pop(0)
            self.reached.append(scope)
            for mention in self._mentioned(scope):
                if mention in names:
                    continue
                names.add(mention)
                name, owner_module, is_method = mention
                found = [
                    other
                    for other in self._named.get(name, [])
                    if (owner_module is None or other.module is owner_module)
                    and (other.owner is not None or not is_method)
                ]
                for owner in self.classes.get(name, []) if not is_method else ():
                    found += self.members(owner)
                for other in found:
                    if id(other) not in seen:
                        seen.add(id(other))
                        todo.append(other)

    def _mentioned(self, scope: Scope) -> Iterator[tuple[str, Module | None, bool]]:
        """The names in a scope.

        Each with the module that it is sure to be of, if there is one, and whether only a method
        can have it: what an object has by that name.
        """
        module = scope.module
        for node in scope.each(ast.Attribute, ast.Name, *FUNCTIONS):
            if isinstance(node, Function):
                apps = filter(None, map(registers_with, node.decorator_list))
                handed = any(hands_over(one, module.outside) for one in node.decorator_list)
                if handed or any(self._is_used(app, module) for app in apps):
                    yield node.name, module, False
            elif isinstance(node, ast.Name):
                found = module.imports.get(node.id)
                if found and not found[1]:
                    continue  # A module, whatever is called so elsewhere.
                own = module.definitions.get(node.id)
                yield node.id, module if isinstance(own, Function) else None, False
                for name in _names_behind(node.id, module):
                    yield name, None, False
            elif isinstance(node, ast.Attribute):
                root = root_name(node)
                if root not in module.outside:
                    yield node.attr, None, root not in module.imports
                for other in self._renamed.get(node.attr, ()) if root in module.imports else ():
                    yield from ((name, None, False) for name in _names_behind(node.attr, other))

    @cached_property
    def _renamed(self) -> dict[str, list[Module]]:
        """The modules that have another name for what they import, by that name."""
        found: dict[str, list[Module]] = {}
        for module in (top.module for top in self._tops):
            for own, (_, there) in module.imports.items():
                if there and own != there:
                    found.setdefault(own, []).append(module)
        return found

    def _is_used(self, app: str, module: Module) -> bool:
        """Whether an app that a module defines runs: the entry's own, or one that others use."""
        if module is self._tops[0].module:
            return True
        for other in (top.module for top in self._tops):
            names = {name for name, (source, _) in other.imports.items() if source is module}
            if any(other.imports[name][1] == app for name in names):
                return True
            if names and any(
                isinstance(node, ast.Attribute) and node.attr == app and root_name(node) in names
                for node in walk(other.tree)
            ):
                return True
        return False

    def members(self, owner: ast.ClassDef) -> list[Scope]:
        """A class's methods: whoever makes an object may have any of them called."""
        own = [self.by_node[id(n)] for n in owner.body if id(n) in self.by_node]
        for base in owner.bases:
            name = str(getattr(base, "id", None) or getattr(base, "attr", ""))
            for other in self.classes.get(name, []):
                if other is not owner:
                    own += [self.by_node[id(n)] for n in other.body if id(n) in self.by_node]
        return own


def _bases_of(owner: ast.ClassDef) -> set[str]:
    """The last names of what a class derives from."""
    return {dotted(base).rpartition(".")[2] for base in owner.bases}


def _names_behind(name: str, module: Module) -> Iterator[str]:
    """The names that an imported one has in the modules that it comes through."""
    found, seen = module.imports.get(name), set[tuple[int, str]]()
    while found is not None and found[1] and (id(found[0]), found[1]) not in seen:
        seen.add((id(found[0]), found[1]))
        yield found[1]
        found = found[0].imports.get(found[1])
