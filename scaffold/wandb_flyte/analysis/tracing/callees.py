"""What a call surely comes to: a function, a class or a method of the program and nothing else."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import argument, called_name, given, is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.syntax import Function

from .bound_names import Names
from .flow import Flow

# What a PyTorch module's methods give back is the module itself.
RETURN_SELF = frozenset({"cpu", "cuda", "double", "eval", "float", "half", "to", "train"})
_DEEPEST = 5


class Callees:
    """Tells what is called, where it can be one thing alone.

    Args:
        flow: The program.
        names: What each of its scopes binds.
    """

    def __init__(self, flow: Flow, names: Names) -> None:
        self._scopes, self._names = flow.scopes, names
        self._known: dict[int, Scope | ast.ClassDef | None] = {}

    def of(self, called: ast.expr, scope: Scope) -> Scope | ast.ClassDef | None:
        """The function or class that a called expression surely is; None where it may be more."""
        if id(called) not in self._known:
            # What has no name of the program's is looked at no further.
            targets = self._scopes.resolve(called, scope)
            self._known[id(called)] = self._of(called, scope, targets) if targets else None
        return self._known[id(called)]

    def _of(
        self, called: ast.expr, scope: Scope, targets: list[Scope | ast.ClassDef]
    ) -> Scope | ast.ClassDef | None:
        target = targets[0] if len(targets) == 1 else None
        if isinstance(called, ast.Name):
            sure = target is not None and self._names.stands_for(called.id, scope, target)
            return target if sure else None
        if not isinstance(called, ast.Attribute):
            return None
        if is_name(called.value, "self"):
            own = scope.owner is not None and self._names.is_own_method(called.attr, scope)
            return target if own else None
        module = self._module(called.value, scope)
        top = self._scopes.top_of(module) if module is not None else None
        if top is not None and target is not None:
            return target if self._names.stands_for(called.attr, top, target) else None
        owner = self.class_named(called.value, scope) or self.class_of(called.value, scope)
        return self._method(called.attr, owner) if owner is not None else None

    def entered_by(self, call: ast.Call, scope: Scope) -> list[Scope]:
        """What a call enters: also the functions that `wandb.agent` and Lightning's `fit` call."""
        handed = given(call) if called_name(call) == "agent" else ()
        targets = [self.of(one, scope) for one in (call.func, *handed)]
        entered = [self._scopes.entered_by(one) for one in targets if one is not None]
        model = argument(call, "model") if called_name(call) == "fit" else None
        owner = self.class_of(model, scope) if model is not None else None
        entered += [self._method("configure_optimizers", owner)] if owner is not None else []
        return [one for one in entered if one is not None]

    def class_of(self, node: ast.expr, scope: Scope) -> ast.ClassDef | None:
        """The class of the program that an object is surely of, as it was made and nowhere else."""
        holder = self._names.bound_once(node.id, scope) if isinstance(node, ast.Name) else scope
        if isinstance(node, ast.Name):
            values = holder.every_value(node.id) if holder is not None else None
            node = values[0] if values else node
        while isinstance(node, ast.Call) and called_name(node) in RETURN_SELF:
            node = getattr(node.func, "value", node.func)
        if holder is None or not isinstance(node, ast.Call):
            return None
        return self.class_named(node.func, holder)

    def is_shared(self, name: str) -> bool:
        """Whether a function binds a name in a scope around it."""
        return name in self._scopes.shared

    def class_named(self, called: ast.expr, scope: Scope) -> ast.ClassDef | None:
        """The class that an expression surely is."""
        if not isinstance(called, ast.Name) and self._module(called_on(called), scope) is None:
            return None
        target = self.of(called, scope)
        return target if isinstance(target, ast.ClassDef) else None

    def _module(self, node: ast.expr, scope: Scope) -> Module | None:
        return self._names.module_of(node.id, scope) if isinstance(node, ast.Name) else None

    def _method(self, name: str, owner: ast.ClassDef, depth: int = 0) -> Scope | None:
        """The method of a name that an object of a class has, where nothing else may set it."""
        if self._names.is_set(name) or owner.decorator_list or depth > _DEEPEST:
            return None
        own = [node for node in owner.body if getattr(node, "name", None) == name]
        if own or len(owner.bases) != 1:
            is_one = len(own) == 1 and isinstance(own[0], Function)
            return self._scopes.by_node.get(id(own[0])) if is_one else None
        around = self._scopes.defined_in(owner)
        base = self.class_named(owner.bases[0], around) if around is not None else None
        return self._method(name, base, depth + 1) if base is not None else None


def called_on(node: ast.expr) -> ast.expr:
    """What an attribute is asked of; a node itself where it is none."""
    return node.value if isinstance(node, ast.Attribute) else node
