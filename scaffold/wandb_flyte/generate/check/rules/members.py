"""What is asked of an object of the program's own, and none of its classes has."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import NamedTuple

from wandb_flyte.analysis.config.reads import Place
from wandb_flyte.analysis.source.decorators import is_changed
from wandb_flyte.analysis.source.kinds import called_name, full_name, is_name
from wandb_flyte.analysis.source.put_names import PutNames
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import bound_by
from wandb_flyte.analysis.source.syntax import named_by, walk
from wandb_flyte.analysis.tracing.callees import RETURN_SELF
from wandb_flyte.analysis.tracing.object_classes import ObjectClasses
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.plain_values import PlainValues
from wandb_flyte.generate.check.trial.swept import Swept
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show
from wandb_flyte.spec import dotted

_DEEPEST = 5
_PLAIN = frozenset({bool, float, int, str})
# What makes attributes of its own accord.
_MAKE = frozenset({"__dict__", "__getattr__", "__getattribute__", "__new__", "__slots__"})
# Classes of other packages that are known, with what their objects have.
_MODULE = frozenset(
    {
        *("T_destination", "add_module", "apply", "bfloat16", "buffers", "call_super_init"),
        *("children", "compile", "cpu", "cuda", "double", "dump_patches", "eval", "extra_repr"),
        *("float", "forward", "get_buffer", "get_extra_state", "get_parameter", "get_submodule"),
        *("half", "ipu", "load_state_dict", "modules", "mtia", "named_buffers", "named_children"),
        *("named_modules", "named_parameters", "parameters", "register_backward_hook"),
        *("register_buffer", "register_forward_hook", "register_forward_pre_hook"),
        *("register_full_backward_hook", "register_full_backward_pre_hook"),
        *("register_load_state_dict_post_hook", "register_load_state_dict_pre_hook"),
        *("register_module", "register_parameter", "register_state_dict_post_hook"),
        *("register_state_dict_pre_hook", "requires_grad_", "set_extra_state", "set_submodule"),
        *("share_memory", "state_dict", "to", "to_empty", "train", "training", "type", "xpu"),
        "zero_grad",
    }
)
_KNOWN: dict[str, frozenset[str]] = {
    "object": frozenset(),
    "abc.ABC": frozenset({"register"}),
    "torch.nn.Module": _MODULE,
    "torch.nn.modules.module.Module": _MODULE,
    "torch.utils.data.Dataset": frozenset({"functions", "register_datapipe_as_function"}),
}


class Missing(NamedTuple):
    """An attribute that an object has not.

    Attributes:
        owner: The name of its class.
        name: The attribute.
        place: Where it is asked for.
        who: The trials that come to it.
        hint: What to write.
    """

    owner: str
    name: str
    place: Place
    who: str
    hint: str = "Add it, or ask for what it has."


def find_missing_members(case: Case, switches: Switches) -> list[Missing]:
    """The attributes that runs surely ask objects of the program's own classes for, in vain."""
    if not case.program.complete:
        return []
    members, told = _Members(case, switches), set[tuple[str, str]]()
    found: list[Missing] = []
    names, plain, swept = case.program.names, PlainValues(case, switches.known), Swept(case)
    for scope in case.program.flow.scopes.reached:
        for node in names.of(scope).members:
            lacking = members.lacking(node, scope)
            # What holds hyperparameters, or is one, is no dict that the code itself makes.
            is_held = bool(case.program.flow.kinds(node.value, scope))
            is_plain = lacking is None and not is_held and _lacks_key(node, scope, plain)
            owner = lacking.name if lacking is not None else "dict" if is_plain else ""
            if is_held and not owner:
                owner = _plain_kind(node, scope, swept, case)
            if not owner or (owner, node.attr) in told:
                continue
            if who := switches.stopped(node, scope):
                told.add((owner, node.attr))
                missing = Missing(owner, node.attr, scope.place(node), who)
                found.append(missing._replace(hint=_as_key(node)) if is_plain else missing)
    return found


def _lacks_key(node: ast.Attribute, scope: Scope, plain: PlainValues) -> bool:
    """Whether a dict, or what a file is read into, is asked for something as an attribute."""
    has = plain.attributes(node.value, scope) if isinstance(node.ctx, ast.Load) else None
    return has is not None and node.attr not in has


def _plain_kind(node: ast.Attribute, scope: Scope, swept: Swept, case: Case) -> str:
    """The type of a hyperparameter that has not what it is asked for; empty for any other."""
    values = swept.values(node.value, scope) if isinstance(node.ctx, ast.Load) else None
    kinds = {type(one) for one in values or ()}
    if not kinds or not kinds <= _PLAIN or any(hasattr(one, node.attr) for one in kinds):
        return ""
    is_it = _is_given(node.value, scope, case) and swept.is_plain(node.value, scope)
    return min(one.__name__ for one in kinds) if is_it else ""


def _is_given(node: ast.expr, scope: Scope, case: Case, depth: int = 0) -> bool:
    """Whether an expression is a hyperparameter itself, or a parameter that always gets one."""
    flow = case.program.flow
    if isinstance(node, ast.Attribute | ast.Subscript):
        kinds = {(kind.what, kind.path) for kind in flow.kinds(node.value, scope)}
        return bool(kinds) and kinds <= {("args", ()), ("config", ())}
    if not isinstance(node, ast.Name) or depth > _DEEPEST:
        return False
    given: list[tuple[ast.expr | None, Scope]] = []
    if node.id in scope.takes and not scope.binding(node.id):
        given = flow.given(node.id, scope)
    elif (holder := case.program.names.bound_once(node.id, scope)) is not None:
        given = [(value, holder) for value in holder.every_value(node.id) or ()]
    return bool(given) and all(
        value is not None and _is_given(value, place, case, depth + 1) for value, place in given
    )


def _as_key(node: ast.Attribute) -> str:
    return f"Write `{show(ast.unparse(node.value))}[{show(repr(node.attr))}]`."


class _Members:
    """Tells what objects have."""

    def __init__(self, case: Case, switches: Switches) -> None:
        self._scopes = case.program.flow.scopes
        self._classes = ObjectClasses(case.program.flow, switches.known.all_calls)
        self._names, self._callees = case.program.names, case.program.callees
        self._put = PutNames(self._scopes, set())
        self._texts = case.program.mentions.texts.plain

    def lacking(self, node: ast.Attribute, scope: Scope) -> ast.ClassDef | None:
        """The class of an object that has no such attribute; None where it may have it."""
        name = node.attr
        if not isinstance(node.ctx, ast.Load) or name.startswith("_"):
            return None
        if name in self._scopes.methods or self._names.is_set(name):
            return None
        owners = self._owners(node.value, scope)
        if not owners or name in self._bound or self._may_be_set(name, owners):
            return None
        derived = self._scopes.heirs_of(owners[0]) if is_name(node.value, "self") else []
        lacks = all(self._lacks(one, name) for one in (*owners, *derived))
        return owners[0] if lacks and not self._put.into_objects else None

    def _may_be_set(self, name: str, owners: list[ast.ClassDef]) -> bool:
        """Whether an object may get an attribute by a text: PyTorch's from `register_buffer`."""
        is_own = all(not one.bases for one in owners)
        return name in (self._put.by_text if is_own else self._texts)

    def _lacks(self, owner: ast.ClassDef, name: str) -> bool:
        has = self._inherited(owner)
        return has is not None and name not in has

    def _owners(self, node: ast.expr, scope: Scope) -> list[ast.ClassDef]:
        """The classes that an object may be of; none where it may be of others."""
        if is_name(node, "self"):
            is_own = scope.node is not None and _is_plain(scope.node)
            return [scope.owner] if is_own and scope.owner is not None else []
        owner = self._callees.class_of(node, scope)
        if owner is not None or (found := self._returned(node, scope)):
            return [owner] if owner is not None else found
        owner = self._classes.class_of(node, scope) if self._is_given(node, scope) else None
        return [owner] if owner is not None else []

    def _is_given(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a name is a parameter of a function, and nothing else there."""
        return isinstance(node, ast.Name) and node.id in scope.takes and not scope.binding(node.id)

    def _returned(self, node: ast.expr, scope: Scope) -> list[ast.ClassDef]:
        """The same for what a function of the program gives back."""
        holder = self._names.bound_once(node.id, scope) if isinstance(node, ast.Name) else None
        values = holder.every_value(node.id) if holder and isinstance(node, ast.Name) else None
        made = values[0] if values else None
        while isinstance(made, ast.Call) and called_name(made) in RETURN_SELF:
            made = getattr(made.func, "value", None)
        target = (
            self._callees.of(made.func, holder) if isinstance(made, ast.Call) and holder else None
        )
        if not isinstance(target, Scope) or target.node is None:
            return []
        if is_changed(target.node):
            return self._made_by(target)
        if target.each(ast.Yield, ast.YieldFrom, ast.Await):
            return []
        given = [one.value for one in target.each(ast.Return) if one.value is not None]
        found = [self._callees.class_of(one, target) for one in given]
        return [one for one in found if one is not None] if None not in found else []

    def _made_by(self, method: Scope) -> list[ast.ClassDef]:
        """The class of what a method of it makes by `return cls(...)`, and never of another."""
        assert method.node is not None  # noqa: S101 - a module has no decorators
        owner, first = method.owner, [arg.arg for arg in method.parameters[:1]]
        is_alone = owner is not None and not self._scopes.heirs_of(owner)
        if not is_alone or [dotted(one) for one in method.node.decorator_list] != ["classmethod"]:
            return []
        given = [one.value for one in method.each(ast.Return)]
        makes = [isinstance(one, ast.Call) and dotted(one.func) in first for one in given]
        return [owner] if owner is not None and makes and all(makes) else []

    def _inherited(self, owner: ast.ClassDef, depth: int = 0) -> frozenset[str] | None:
        """What objects of a class have from other packages; None where that is not known."""
        around = self._scopes.defined_in(owner)
        if around is None or depth > _DEEPEST or owner.keywords:
            return None
        if not all(_adds_nothing(one, around) for one in owner.decorator_list):
            return None
        if any(getattr(one, "name", None) in _MAKE for one in owner.body):
            return None
        found: frozenset[str] = frozenset()
        for base in owner.bases:
            named = full_name(base, around.module.outside)
            inner = _KNOWN.get(named)
            if inner is None:
                own = self._callees.class_named(base, around)
                inner = self._inherited(own, depth + 1) if own is not None else None
            if inner is None:
                return None
            found |= inner
        return found

    @cached_property
    def _bound(self) -> frozenset[str]:
        """The names that classes of the program bind."""
        classes = (one for many in self._scopes.classes.values() for one in many)
        bound = (bound_by(node) for one in classes for node in walk(one))
        return frozenset(name for name in bound if name is not None)


def _adds_nothing(decorator: ast.expr, scope: Scope) -> bool:
    """Whether a class has nothing but its own fields and methods with a decorator."""
    return full_name(named_by(decorator), scope.module.outside) == "dataclasses.dataclass"


def _is_plain(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method gets its object as `self`."""
    first = [*node.args.posonlyargs, *node.args.args][:1]
    return not is_changed(node) and [one.arg for one in first] == ["self"]
