"""Collects what a program reads from a config and from its arguments."""

from __future__ import annotations

import ast
import re

from wandb_flyte.analysis.metrics.log_keys import pattern
from wandb_flyte.analysis.source.copied import hands_on, is_copied
from wandb_flyte.analysis.source.filled_in_vain import fills_in_vain
from wandb_flyte.analysis.source.kinds import (
    DERIVES,
    HOLDERS,
    Kind,
    called_name,
    compared_keys,
    is_name,
    loop_targets,
    merged,
    owner,
    text,
)
from wandb_flyte.analysis.source.package_kinds import defined_flag
from wandb_flyte.analysis.source.same_object import is_followed
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.scopes import Scopes
from wandb_flyte.analysis.source.syntax import is_none, parameters, walk
from wandb_flyte.analysis.source.unseen_calls import is_called_unseen
from wandb_flyte.analysis.tracing.added import changes_arguments, extends_arguments
from wandb_flyte.analysis.tracing.certain import Certain
from wandb_flyte.analysis.tracing.flow import FOLLOWED, Flow
from wandb_flyte.analysis.tracing.getters import is_written_out
from wandb_flyte.analysis.tracing.noted import noted_under
from wandb_flyte.analysis.tracing.overwritten import is_overwritten
from wandb_flyte.analysis.tracing.passed import Passed
from wandb_flyte.analysis.tracing.swallowed import takes_all
from wandb_flyte.analysis.tracing.unpacked import is_taken_apart

from .bulk import goes_in_bulk
from .ends import is_unpacked_plainly
from .fallbacks import is_fallback
from .key_texts import computes_with_values, needs_key
from .looking import HARMLESS
from .reads import Reads
from .supplies import WRITES, Supplies

# What may put more into the arguments, or make something of them that holds more.
_CHANGES = (ast.Assign, ast.BinOp, ast.Call, ast.Dict, ast.For, ast.Subscript)
_READ = tuple(dict.fromkeys((*FOLLOWED, *_CHANGES, ast.keyword)))
# What says how a field of a class is called in the config.
_ALIASES = ("alias", "validation_alias")


class Reader:
    """Collects the reads of a program.

    Args:
        flow: The kinds of its expressions.
        certain: What every run comes to.
    """

    def __init__(self, flow: Flow, certain: Certain) -> None:
        self._flow = flow
        self._certain = certain
        self._scopes: Scopes = flow.scopes
        self.found = {what: Reads() for what in HOLDERS}
        self._supplies = Supplies(flow, self.found)
        self._start = flow.start
        self._passed = Passed(flow)
        self._logs_config = False
        args = self.found["args"]
        for scope in self._scopes.reached:
            for node in scope.each(*_READ):
                if isinstance(node, ast.expr):
                    for kind in flow.kinds(node, scope):
                        if kind.what in HOLDERS:
                            self._consume(kind, node, scope)
                if isinstance(node, _CHANGES):
                    args.supplies_unseen |= changes_arguments(node, flow, scope)
                    args.extended |= extends_arguments(node, flow, scope)
                    self._supplies.take_up(node, scope)
                if isinstance(node, ast.keyword) and node.arg in _ALIASES and text(node.value):
                    place = (scope.module.file, node.value.lineno)
                    self.found["merged"].keys.setdefault((str(text(node.value)),), place)
            self._take_up_run(scope)
        self._take_up_default()
        self._take_up_noted()

    def _take_up_run(self, scope: Scope) -> None:
        """Who asks for the run that a property gives may read its config."""
        for node in scope.each(ast.Return) if is_called_unseen(scope) else ():
            kinds = {kind.what for kind in self._flow.kinds(node.value, scope)}
            if node.value is not None and kinds & {"run", "wandb"}:
                config = self.found["config"]
                config.handed_on.setdefault((), scope.place(node))
                config.wholes.append((node.value, scope))

    def _take_up_default(self) -> None:
        """What `def train(config=DEFAULTS)` has for hyperparameters that a sweep does not give."""
        start = self._start
        for arg, default in parameters(start.node) if start and start.node else ():
            is_config = self._flow.begins_with.get(arg.arg) == Kind("config")
            if start and is_config and default is not None and not is_none(default):
                self._supplies.add(default, self._scopes.around(start) or start)

    def _take_up_noted(self) -> None:
        """What goes into the run's config, and is read there under another name, is read."""
        for reads in self.found.values():
            for path, places in reads.noted.items():
                config = self.found["config"]
                others = [where for where in places if where and where != path]
                if any(self._logs_config or config.may_read(where) for where in others):
                    reads.handed_on.setdefault(path, (self._flow.sources.entry.file, 1))

    def _consume(self, kind: Kind, node: ast.expr, scope: Scope) -> None:
        """Notes what becomes of an expression that is a config or a part of one."""
        reads = self.found[kind.what]
        reads.used = True
        if node in self._flow.lost:
            return
        if isinstance(node, ast.Call) and defined_flag(node, scope.module.outside):
            return  # It is read where its name is asked for.
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            if isinstance(node, ast.Attribute | ast.Subscript):
                whole = Kind(kind.what, kind.path[:-1])
                if kind.path and whole in self._flow.kinds(node.value, scope):
                    reads.stored.add(kind.path)
                    reads.laid_over.add(kind.path)
                    if is_overwritten(kind, node, scope, self._flow):
                        reads.overwritten.setdefault(kind.path, []).append((node, scope))
            return
        parent = self._scopes.parents.get(id(node))
        # A name may be the first mention: a parameter that `f(**config)` gives.
        if kind.path and (isinstance(node, ast.Name) or not self._is_method(node)):
            if not isinstance(node, ast.Name):
                self._need(reads, kind, node, scope)
            noted = noted_under(node, self._flow, scope)
            if noted is not None:
                reads.noted.setdefault(kind.path, set()).add(noted)
                return
            if self._passed.is_passed(kind, node, scope):
                return
            reads.keys.setdefault(kind.path, (scope.module.file, node.lineno))
            reads.places.setdefault(kind.path, []).append((node, scope))
        if (
            not kind.path
            and isinstance(parent, ast.Dict)
            and noted_under(node, self._flow, scope) is not None
        ):
            return
        if isinstance(parent, ast.keyword):
            parent = self._scopes.parents.get(id(parent))
            if not isinstance(parent, ast.Call):
                return  # A class's keyword.
        if self._is_followed(kind, node, parent, scope):
            return
        if kind.path or not isinstance(parent, ast.Name):
            reads.handed_on.setdefault(kind.path, scope.place(node))
            if not kind.path:
                reads.wholes.append((node, scope))

    def _need(self, reads: Reads, kind: Kind, node: ast.expr, scope: Scope) -> None:
        if isinstance(node, ast.Attribute | ast.Subscript):
            base = self._flow.kinds(node.value, scope)
            # A key of a name that is also something else may be the other's.
            alone = len(base) == 1 and next(iter(base)).path == kind.path[:-1]
            alone = alone and self._is_always(node.value, scope)
            alone = alone and not self._is_called(node) and not _is_asked_by(node)
        else:
            alone = isinstance(node, ast.Call) and called_name(node) == "pop"
            alone = alone and isinstance(node, ast.Call) and len(node.args) == 1
        if alone and self._certain.is_certain(node, scope):
            reads.needs.setdefault(kind.path, (node, scope))
        elif alone:
            reads.asked.setdefault(kind.path, []).append((node, scope))

    def _is_always(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a name is a config from its first value on, not something else before."""
        if not isinstance(node, ast.Name):
            return True
        bound = scope.named_values.get(node.id, ())
        return all(
            self._flow.kinds(value, scope) or is_fallback(value, node.id, scope, self._flow)
            for value in bound
        )

    def _is_called(self, node: ast.expr) -> bool:
        """Whether a method of a dict-like class is called: no trial gets a function."""
        call = self._scopes.parents.get(id(node))
        called = isinstance(call, ast.Call) and call.func is node
        return called and isinstance(node, ast.Attribute)

    def _is_method(self, node: ast.expr) -> bool:
        methods = DERIVES | WRITES | {"get", "pop"}
        return self._is_called(node) and getattr(node, "attr", "") in methods

    def _is_followed(
        self, kind: Kind, node: ast.expr, parent: ast.AST | None, scope: Scope
    ) -> bool:
        """Whether all that is read from an expression is seen elsewhere."""
        if isinstance(parent, ast.Attribute):
            return self._is_method_followed(kind, parent, scope)
        if isinstance(parent, ast.Subscript):
            return (
                parent.value is not node
                or self._is_key(kind, parent, parent.slice, scope)
                or isinstance(getattr(parent, "ctx", None), ast.Store)
            )
        if isinstance(parent, ast.Call):
            return parent.func is node or self._is_argument_followed(kind, node, parent, scope)
        if isinstance(parent, ast.For):
            for key in compared_keys(parent):
                self.found[kind.what].keys.setdefault((key,), scope.place(parent))
            targets = loop_targets(parent)
            seen = all(self._is_filled(target, scope) for target in targets)
            taken = seen and (bool(targets) or self._only_tells(parent, scope))
            used = hands_on(parent) or computes_with_values(parent, node, self._scopes.parents)
            return parent in self._flow.idle or (taken and not used)
        if isinstance(parent, ast.comprehension):
            made = self._scopes.parents.get(id(parent))
            return isinstance(made, ast.DictComp) and not hands_on(made)
        if isinstance(parent, ast.Assign):
            stored = [t for t in parent.targets if not isinstance(t, ast.Name | ast.Attribute)]
            unpacked = isinstance(node, ast.Call) and called_name(node) == "parse_known_args"
            return not stored or unpacked or bool(kind.path)
        if is_unpacked_plainly(node, parent, self._scopes.parents):
            return True
        if is_taken_apart(parent, scope, self._flow):
            return True
        if isinstance(parent, ast.Return):
            # Nobody sees what becomes of the objective's result, or of a property's.
            return scope is not self._start and not is_called_unseen(scope)
        if isinstance(parent, ast.AnnAssign | ast.withitem) or getattr(parent, "test", 0) is node:
            return True
        harmless = ast.FormattedValue | ast.Expr | ast.Compare | ast.If | ast.UnaryOp | ast.Assert
        if isinstance(parent, harmless):
            if isinstance(parent, ast.Compare) and not kind.path and (asked := text(parent.left)):
                self.found[kind.what].keys.setdefault((asked,), scope.place(parent))
            return True
        if isinstance(parent, ast.Dict) and not any(
            key is None and value is node
            for key, value in zip(parent.keys, parent.values, strict=True)
        ):
            return False
        return isinstance(parent, ast.expr) and self._goes_on(kind, parent, scope)

    def _is_filled(self, target: ast.expr, scope: Scope) -> bool:
        """Whether what is put into something is seen where it is read."""
        # Who looks at what an object puts into itself is not seen.
        return not is_name(target, "self") and is_followed(target, scope, self._flow)

    def _goes_on(self, kind: Kind, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is a config still, alone or with what is put together with it."""
        return not {kind, *merged(frozenset({kind}))}.isdisjoint(self._flow.kinds(node, scope))

    def _is_method_followed(self, kind: Kind, parent: ast.Attribute, scope: Scope) -> bool:
        call = self._scopes.parents.get(id(parent))
        if not (isinstance(call, ast.Call) and call.func is parent):
            # A key; or the method itself, for `map` to call.
            return bool(kind.path) or not _is_asked_by(parent)
        if kind.path and parent.attr not in ("get", "pop", "values"):
            return True  # A method of one hyperparameter's value.
        if parent.attr in DERIVES or parent.attr in WRITES:
            return True
        if parent.attr in ("get", "pop"):
            return bool(call.args) and self._is_key(kind, call, call.args[0], scope)
        return parent.attr in HARMLESS

    def _is_key(self, kind: Kind, asks: ast.expr, node: ast.expr, scope: Scope) -> bool:
        """Whether the source shows what key is read; one that it puts together is noted here."""
        if text(node) is None and not kind.path and re.search("[a-zA-Z]", made := pattern(node)):
            places = self.found[kind.what].made.setdefault(made, [])
            places += [(asks, scope)] if needs_key(asks) else []
            return True
        if text(node) is not None or is_copied(node, scope, self._flow):
            return True
        return is_written_out(node, scope, self._flow)

    def _is_argument_followed(
        self, kind: Kind, node: ast.expr, call: ast.Call, scope: Scope
    ) -> bool:
        name = called_name(call)
        targets = self._scopes.resolve(call.func, scope)
        if name == "partial" and call.args:
            targets = self._scopes.resolve(call.args[0], scope)
        if targets:
            if any(one.arg is None and one.value is node for one in call.keywords):
                # What is given beside it is in `**kwargs`, too.
                own = self.found[kind.what].stored
                own |= {(one.arg,) for one in call.keywords if one.arg and not kind.path}
                self._keep(kind, call, targets, scope)
            return all(self._is_taken(target, node, call) for target in targets)
        if name in WRITES and isinstance(call.func, ast.Attribute):
            return self._is_filled(owner(call.func.value), scope)
        self._logs_config |= name == "log" and kind == Kind("config")
        if self._goes_on(kind, call, scope) or name in WRITES:
            return True
        if name in HARMLESS:
            return not goes_in_bulk(node, call, scope, self._flow)
        if name == "WandbLogger" and any(
            k.arg == "config" and k.value is node for k in call.keywords
        ):
            return True
        is_run = any(k.what == "run" for k in self._flow.kinds(call, scope))
        if is_run and any(k.arg is None and k.value is node for k in call.keywords):
            return False  # What the run is opened with: its project, its mode.
        if is_run or name in ("getattr", "hasattr", "setattr"):
            if name == "hasattr" and len(call.args) > 1 and (key := text(call.args[1])):
                self.found[kind.what].keys.setdefault((key,), (scope.module.file, call.lineno))
            return is_run or name != "getattr" or self._is_key(kind, call, call.args[1], scope)
        return False

    def _is_taken(self, target: Scope | ast.ClassDef, node: ast.expr, call: ast.Call) -> bool:
        """Whether a function of the program has a name for an argument."""
        inner = self._scopes.entered_by(target)
        whole = any(k.arg is None and k.value is node for k in call.keywords)
        if inner is None:
            if not isinstance(target, ast.ClassDef):
                return False
            return whole or bool(target.bases) is False
        if isinstance(node, ast.Starred) or any(isinstance(a, ast.Starred) for a in call.args):
            return False
        takes_all = inner.node is not None and inner.node.args.vararg is not None
        return not (takes_all and node in call.args)

    def _keep(
        self, kind: Kind, call: ast.Call, targets: list[Scope | ast.ClassDef], scope: Scope
    ) -> None:
        """What a function takes of a config, and may keep all of, as Lightning's modules do."""
        for inner in map(self._scopes.entered_by, targets):
            if inner is not None and any(map(takes_all, inner.calls)):
                for name in inner.named:
                    keys = (*kind.path, name)
                    self.found[kind.what].keys.setdefault(keys, scope.place(call))

    def _only_tells(self, loop: ast.For, scope: Scope) -> bool:
        """Whether a loop prints what it goes through, or keeps it in a list that nothing reads."""
        calls = [node for node in walk(loop) if isinstance(node, ast.Call)]
        known = HARMLESS | DERIVES | {"format"}
        parents, hides = self._scopes.parents, not any(map(takes_all, scope.calls))
        return bool(calls) and all(
            called_name(call) in known or (hides and fills_in_vain(call, scope, parents))
            for call in calls
        )


def _is_asked_by(node: ast.expr) -> bool:
    """Whether a config is handed on with the method that gives its values."""
    return isinstance(node, ast.Attribute) and node.attr in ("get", "pop", "__getitem__")
