"""The names under which a program logs, as far as its source shows them."""

from __future__ import annotations

import ast
import re
from typing import TypeGuard

from .flow import Flow
from .kinds import bindings, called_name, given, text
from .logs import Logs
from .scopes import Scope

# Names from other packages that log by themselves, under names of their own.
_INTEGRATIONS = frozenset(
    [
        "WandbCallback",
        "WandbMetricsLogger",
        "WandbEvalCallback",
        "WandBCallback",
        "WandbCheckpointCallback",
        "TrainingArguments",
        "Seq2SeqTrainingArguments",
        "Trainer",
        "SFTTrainer",
        "Accelerator",
        "autolog",
        "SummaryWriter",
        "add_scalar",
        "add_scalars",
        "wandb_log",
        "keras_callback",
        "WandbLoggerHook",
        "YOLO",
        "wandb_mixin",
        "lightgbm",
        "sync_tensorboard",
        "init_trackers",
        "WandbModelCheckpoint",
        "MlflowLogger",
        "WandbMonitor",
        "WandbVisBackend",
        "report_to",
        "log_metrics",
        "log_history",
        "WandBLogger",
        "plot_metrics",
    ]
)


# What of `wandb` logs nothing.
_SILENT = frozenset(
    {
        *("agent", "alert", "config", "define_metric", "finish", "init", "login"),
        *("require", "restore", "save", "setup", "sweep", "teardown", "watch"),
    }
)


class LogReader:
    """Collects what a program logs.

    Args:
        flow: The kinds of its expressions.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self.logs = Logs()
        self._calls: dict[int, list[tuple[ast.Call, Scope]]] = {}
        self._steps = 0
        for scope in flow.scopes.reached:
            for node in scope.nodes:
                if isinstance(node, ast.Call):
                    for target in flow.scopes.resolve(node.func, scope):
                        self._calls.setdefault(id(target), []).append((node, scope))
        for scope in flow.scopes.reached:
            for node in scope.nodes:
                self._visit(node, scope)

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.Call):
            self._visit_call(node, scope)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._visit_summary(target, scope)
        elif isinstance(node, ast.Name | ast.Attribute | ast.Constant):
            named = getattr(node, "id", None) or getattr(node, "attr", None) or text(node) or ""
            self.logs.mentions_wandb |= "wandb" in named.lower()
        elif isinstance(node, ast.keyword) and node.arg in ("sync_tensorboard", "report_to"):
            value = node.value
            off = isinstance(value, ast.Constant) and value.value in (False, None, "none")
            if not off:
                self.logs.integrations.add(str(node.arg))

    def _visit_summary(self, target: ast.expr, scope: Scope) -> None:
        if not isinstance(target, ast.Attribute | ast.Subscript):
            return
        if any(kind.what == "summary" for kind in self._flow.kinds(target.value, scope)):
            key = target.attr if isinstance(target, ast.Attribute) else text(target.slice)
            if key is None:
                self._note_key(target.slice, target, scope)  # type: ignore[union-attr]
            else:
                self._note(key, target, scope)

    def _visit_call(self, node: ast.Call, scope: Scope) -> None:
        name = called_name(node)
        self._visit_handing(node, scope)
        if not isinstance(node.func, ast.Attribute):
            local = bool(self._flow.scopes.resolve(node.func, scope))
            if name in _INTEGRATIONS and not local and not self._is_lightning(node.func, scope):
                self.logs.integrations.add(name)
            if any(kind.what == "run" for kind in self._flow.kinds(node, scope)):
                self.logs.opens_run = True
                return
            if scope.module.outside.get(name) == "wandb.log":
                self._note_dict(node.args[0] if node.args else None, node, scope)
            return
        base = self._flow.kinds(node.func.value, scope)
        what = {kind.what for kind in base}
        local = bool(self._flow.scopes.resolve(node.func, scope))
        if name == "init" and "wandb" in what:
            self.logs.opens_run = True
        elif name == "log" and what & {"wandb", "run"}:
            self._note_dict(_argument(node, "data"), node, scope)
        elif name == "update" and "summary" in what:
            self._note_dict(_argument(node, "d"), node, scope)
        elif name == "define_metric" and what & {"wandb", "run"}:
            return
        elif name in ("log", "log_metric", "log_scalar") and node.args and not local:
            self._note_wrapped(node, scope)
        elif name in ("log_dict", "log_metrics") and node.args and not local:
            self._note_dict(node.args[0], node, scope)
        elif name in _INTEGRATIONS and not local and not self._is_lightning(node.func, scope):
            self.logs.integrations.add(name)
        elif "wandb" in what and name.islower() and name not in _SILENT:
            self.logs.unseen = True

    def _visit_handing(self, node: ast.Call, scope: Scope) -> None:
        """Whoever gets the run may log to it."""
        if self._flow.scopes.resolve(node.func, scope):
            return
        base = self._flow.kinds(getattr(node.func, "value", None), scope)
        handed = {k.what for value in given(node) for k in self._flow.kinds(value, scope)}
        self.logs.unseen |= bool(handed & {"run", "wandb"}) and not base

    def _note_wrapped(self, node: ast.Call, scope: Scope) -> None:
        """`self.log("name", value)` and `logger.log({...})` of other packages."""
        first = node.args[0]
        if len(node.args) == 1 or isinstance(first, ast.Dict):
            if not self._is_module(node.func, scope):  # math.log and its kin.
                self._note_dict(first, node, scope)
            return
        self._note_key(first, node, scope)

    def _is_lightning(self, called: ast.expr, scope: Scope) -> bool:
        """Lightning logs what `self.log` is given, and nothing else."""
        root = called
        while isinstance(root, ast.Attribute):
            root = root.value
        origin = scope.module.outside.get(root.id, "") if isinstance(root, ast.Name) else ""
        return "lightning" in origin

    def _is_module(self, called: ast.expr, scope: Scope) -> bool:
        root = called
        while isinstance(root, ast.Attribute):
            root = root.value
        return isinstance(root, ast.Name) and root.id in scope.module.outside

    def _note(self, name: str, node: ast.AST, scope: Scope) -> None:
        place = (scope.module.file, getattr(node, "lineno", 1))
        self.logs.names.setdefault(name, place)
        guards = self._guards(node, scope)
        if guards:
            self.logs.guarded.setdefault(name, (guards, place))
        else:
            self.logs.free.add(name)

    def _guards(self, node: ast.AST, scope: Scope) -> set[str]:
        """The hyperparameters that decide whether a place is reached."""
        found: set[str] = set()
        current: ast.AST | None = node
        while current is not None:
            if isinstance(current, ast.If) and not current.orelse:
                for part in ast.walk(current.test):
                    kinds = self._flow.kinds(part, scope)
                    found |= {kind.path[0] for kind in kinds if kind.path}
                    if isinstance(part, ast.Name) and scope.node is not None:
                        found |= {part.id} & {arg.arg for arg in scope.parameters}
            current = self._flow.scopes.parents.get(id(current))
        return found

    def _note_key(self, key: ast.expr | None, node: ast.AST, scope: Scope) -> None:
        patterns = self._texts(key, scope) if key is not None else None
        if patterns is None:
            self.logs.unseen = True
            return
        for pattern in patterns:
            if (plain := _unescaped(pattern)) is not None:
                self._note(plain, node, scope)
            elif pattern.replace(".*", ""):
                self.logs.patterns.add(pattern)
            else:
                self.logs.unseen = True

    def _note_dict(self, node: ast.expr | None, call: ast.AST, scope: Scope) -> None:
        found = self.keys(node, scope)
        if found is None:
            self.logs.unseen = True
            return
        for pattern in found:
            if (plain := _unescaped(pattern)) is not None:
                self._note(plain, call, scope)
            elif pattern.replace(".*", ""):
                self.logs.patterns.add(pattern)
            else:
                self.logs.unseen = True

    # -- what a dict's keys are, as regular expressions; None when the source does not show -------

    def keys(self, node: ast.expr | None, scope: Scope, depth: int = 0) -> set[str] | None:
        """The keys of a dict-like expression."""
        self._steps += 1
        if node is None or depth > 6 or self._steps > 20_000:
            return None
        if isinstance(node, ast.Dict):
            return self._dict_keys(node, scope, depth)
        if isinstance(node, ast.DictComp):
            return self._comprehension_keys(node, scope, depth)
        if isinstance(node, ast.Call):
            return self._call_keys(node, scope, depth)
        if isinstance(node, ast.Name):
            return self._name_keys(node.id, scope, depth)
        if isinstance(node, ast.IfExp):
            return _join([self.keys(n, scope, depth + 1) for n in (node.body, node.orelse)])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return _join([self.keys(n, scope, depth + 1) for n in (node.left, node.right)])
        return None

    def _dict_keys(self, node: ast.Dict, scope: Scope, depth: int) -> set[str] | None:
        found: set[str] = set()
        for key, value in zip(node.keys, node.values, strict=True):
            more = self.keys(value, scope, depth + 1) if key is None else self._texts(key, scope)
            if more is None:
                return None
            found |= more
            if key is not None and isinstance(value, ast.Dict):
                # W&B's summary has nested keys with dots between.
                inner = self._dict_keys(value, scope, depth + 1)
                found |= {f"{a}\\.{b}" for a in more for b in inner or ()}
        return found

    def _comprehension_keys(self, node: ast.DictComp, scope: Scope, depth: int) -> set[str] | None:
        own = {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        source = node.generators[0].iter
        if isinstance(source, ast.Call) and called_name(source) == "items":
            inner = source.func.value if isinstance(source.func, ast.Attribute) else None
            below = self.keys(inner, scope, depth + 1)
        else:
            below = None
        pattern = self._pattern(node.key, own)
        if pattern is None:
            return None
        if below is not None and pattern.count(".*") == 1:
            return {pattern.replace(".*", key) for key in below}
        return {pattern}

    def _call_keys(self, node: ast.Call, scope: Scope, depth: int) -> set[str] | None:
        name = called_name(node)
        if name == "dict" and isinstance(node.func, ast.Name):
            parts = [self.keys(argument, scope, depth + 1) for argument in node.args]
            for keyword in node.keywords:
                own = {re.escape(keyword.arg)} if keyword.arg else None
                parts.append(own or self.keys(keyword.value, scope, depth + 1))
            return _join(parts)
        if name in ("copy", "deepcopy") and isinstance(node.func, ast.Attribute) and not node.args:
            return self.keys(node.func.value, scope, depth + 1)
        targets = self._flow.scopes.resolve(node.func, scope)
        found: list[set[str] | None] = []
        for target in targets:
            if not isinstance(target, Scope):
                return None
            found += [
                self.keys(inner.value, target, depth + 1)
                for inner in target.nodes
                if isinstance(inner, ast.Return) and inner.value is not None
            ]
        return _join(found) if found else None

    def _name_keys(self, name: str, scope: Scope, depth: int) -> set[str] | None:
        parts: list[set[str] | None] = []
        for node in scope.nodes:
            for target, value in bindings(node):
                if isinstance(target, ast.Name) and target.id == name:
                    if not (isinstance(value, ast.Constant) and value.value is None):
                        parts.append(self.keys(value, scope, depth + 1))
                elif isinstance(target, ast.Subscript) and _is(target.value, name):
                    parts.append(self._texts(target.slice, scope))
                elif isinstance(target, ast.Tuple) and any(_is(e, name) for e in target.elts):
                    parts.append(self._unpacked_keys(name, target, value, scope, depth))
            if _is_update(node, name):
                parts += [self.keys(a, scope, depth + 1) for a in node.args]
                parts += [{re.escape(k.arg)} if k.arg else None for k in node.keywords]
        if scope.node is not None and name in {a.arg for a in scope.parameters}:
            parts += self._given_keys(name, scope, depth)
        if not parts and scope.node is None and name in scope.module.imports:
            return None
        if not parts and scope.outer is not None:
            return self._name_keys(name, scope.outer, depth + 1)
        return _join(parts) if parts else None

    def _unpacked_keys(
        self, name: str, target: ast.Tuple, value: ast.expr, scope: Scope, depth: int
    ) -> set[str] | None:
        index = next(i for i, e in enumerate(target.elts) if _is(e, name))
        if not isinstance(value, ast.Call):
            return None
        found: list[set[str] | None] = []
        for inner in self._flow.scopes.resolve(value.func, scope):
            if not isinstance(inner, Scope):
                return None
            for node in inner.nodes:
                if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                    elements = node.value.elts
                    item = elements[index] if index < len(elements) else None
                    found.append(self.keys(item, inner, depth + 1))
        return _join(found) if found else None

    def _given_keys(self, name: str, scope: Scope, depth: int) -> list[set[str] | None]:
        """What the callers of a function give for one of its parameters."""
        assert scope.node is not None  # noqa: S101 - the caller looked
        names = [arg.arg for arg in scope.parameters]
        if scope.owner is not None and names[:1] in (["self"], ["cls"]):
            names = names[1:]
        found: list[set[str] | None] = []
        for call, place in self._calls.get(id(scope), []):
            by_name = [k.value for k in call.keywords if k.arg == name]
            index = names.index(name) if name in names else len(call.args)
            value = by_name[0] if by_name else None
            if value is None and index < len(call.args):
                value = call.args[index]
            if value is not None:
                found.append(self.keys(value, place, depth + 1))
        return found or [None]

    def _texts(self, node: ast.expr | None, scope: Scope) -> set[str] | None:
        """The texts that an expression may be, as regular expressions."""
        if node is None:
            return None
        if (plain := text(node)) is not None:
            return {re.escape(plain)}
        if isinstance(node, ast.IfExp):
            return _join([self._texts(n, scope) for n in (node.body, node.orelse)])
        if isinstance(node, ast.Name):
            values = [
                value
                for inner in (scope, scope.outer)
                if inner is not None
                for n in inner.nodes
                for target, value in bindings(n)
                if _is(target, node.id)
            ]
            plain_values = {t for v in values if (t := text(v)) is not None}
            if values and len(plain_values) == len(values):
                return {re.escape(t) for t in plain_values}
            return None
        pattern = self._pattern(node, set())
        return {pattern} if pattern is not None and pattern != ".*" else None

    def _pattern(self, node: ast.expr, _own: set[str]) -> str | None:
        """A text that is put together, with `.*` for what is not known."""
        if (plain := text(node)) is not None:
            return re.escape(plain)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._pattern(part, _own) or ".*" for part in node.values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self._pattern(node.left, _own), self._pattern(node.right, _own)
            return (left or ".*") + (right or ".*")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            before = text(node.left)
            return re.sub(r"%.", ".*", re.escape(before).replace("\\%", "%")) if before else ".*"
        return ".*"


def _argument(node: ast.Call, name: str) -> ast.expr | None:
    if node.args:
        return node.args[0]
    return next((k.value for k in node.keywords if k.arg == name), None)


def _join(parts: list[set[str] | None]) -> set[str] | None:
    found: set[str] = set()
    for part in parts:
        if part is None:
            return None
        found |= part
    return found


def _unescaped(pattern: str) -> str | None:
    """The one text that a pattern matches, None when it matches several."""
    if ".*" in re.sub(r"\\.", "", pattern):
        return None
    return re.sub(r"\\(.)", r"\1", pattern)


def _is_update(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    called = node.func if isinstance(node, ast.Call) else None
    is_method = isinstance(called, ast.Attribute) and called.attr == "update"
    return isinstance(called, ast.Attribute) and is_method and _is(called.value, name)


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
