"""What every run of a program comes to, as far as its calls and conditions show."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.decorators import registers_with
from wandb_flyte.analysis.source.kinds import argument, called_name, full_name, given
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import parts
from wandb_flyte.analysis.source.syntax import children
from wandb_flyte.spec import dotted

from .agents import agents_of
from .flow import Flow

# Decorators that leave it to what a function is given which of several runs.
_DISPATCH = frozenset({"dispatch", "overload", "singledispatch", "singledispatchmethod"})
_CALLS_GIVEN = frozenset({"absl.app.run", "fire.Fire", "typer.run", "tyro.cli"})


class Certain:
    """Tells what stands under no condition.

    Args:
        flow: The program.
        by_agent: Whether each trial is a call of the function that its own agent is given.

    Attributes:
        entered_by: The scopes that every run enters, by calls that stand under no condition: each
            one's id, with such a call; None for those that a run starts with.
        called: The same for each `lambda` that such a call calls.
        by_agent: As given.
    """

    def __init__(self, flow: Flow, *, by_agent: bool = False) -> None:
        self._flow = flow
        self.by_agent = by_agent
        self._scopes = flow.scopes
        self.called: dict[int, tuple[ast.Call, Scope]] = {}
        self._in_lambdas: set[int] = set()
        self.entered_by = self._surely_entered()

    def is_certain(self, node: ast.AST, scope: Scope) -> bool:
        """Whether every run comes to a node."""
        return self.is_in_order(node, scope) or id(node) in self._in_lambdas

    def is_in_order(self, node: ast.AST, scope: Scope) -> bool:
        """The same, where it stands, and not where a `lambda` around it is called."""
        return id(scope) in self.entered_by and id(node) in scope.certain

    def _surely_entered(self) -> dict[int, tuple[ast.Call, Scope] | None]:
        unsure = self._scopes.made.modules
        tops = [s for s in self._scopes.reached if s.node is None and id(s.module) not in unsure]
        tops += [self._flow.start] if self._flow.start else []
        tops += self._called_by_agent() if self.by_agent else []
        sure: dict[int, tuple[ast.Call, Scope] | None] = {id(scope): None for scope in tops}
        todo = [(call, scope) for scope in tops for call in _sure_calls(scope)]
        while todo:
            node, scope = todo.pop()
            # `wandb.agent(id, function=train)` and `typer.run(main)` call what they are given.
            called = [node.func]
            if called_name(node) == "agent" or _calls_given(node, scope):
                called += [_without_partial(one, scope) for one in given(node)]
            for function in filter(None, (self._lambda(one, scope) for one in called)):
                if id(function) not in self.called:
                    self.called[id(function)] = (node, scope)
                    todo += [(call, scope) for call in self._enter(function)]
            targets = [t for one in called for t in self._scopes.resolve(one, scope)]
            targets = targets or self._commands_of(node.func, scope)
            for target in targets if len(targets) == 1 else []:
                inner = self._scopes.entered_by(target)
                if inner is not None and id(inner) not in sure and not _is_one_of_many(inner):
                    sure[id(inner)] = (node, scope)
                    todo += [(call, inner) for call in _sure_calls(inner)]
        return sure

    def _called_by_agent(self) -> list[Scope]:
        """The function that every agent of the program calls; none where they call several."""
        found = {
            id(target): target
            for call, scope in agents_of(self._flow)
            if (function := argument(call, "function", 1)) is not None
            for target in self._scopes.resolve(_without_partial(function, scope), scope)
            if isinstance(target, Scope)
        }
        return list(found.values()) if len(found) == 1 else []

    def _commands_of(self, called: ast.expr, scope: Scope) -> list[Scope | ast.ClassDef]:
        """What is registered with an app of typer's: its only command runs when it is called."""
        name, top = getattr(called, "id", ""), self._scopes.top_of(scope.module)
        made = top.named_values.get(name, []) if top is not None else []
        if len(made) != 1 or not isinstance(made[0], ast.Call):
            return []
        if full_name(made[0].func, scope.module.outside) != "typer.Typer":
            return []
        return [
            one
            for one in self._scopes.by_node.values()
            if one.module is scope.module
            and one.node is not None
            and name in map(registers_with, one.node.decorator_list)
        ]

    def _lambda(self, called: ast.expr, scope: Scope) -> ast.Lambda | None:
        """The `lambda` that is called: there, or under a name that stands for it alone."""
        if isinstance(called, ast.Lambda) or not isinstance(called, ast.Name):
            return called if isinstance(called, ast.Lambda) else None
        holder: Scope | None = scope
        while holder is not None and called.id not in holder.named_values:
            holder = self._scopes.around(holder)
        values = holder.named_values[called.id] if holder is not None else []
        value = values[0] if len(values) == 1 else None
        if holder is None or not isinstance(value, ast.Lambda) or id(value) not in holder.certain:
            return None
        return value if self._is_bound_once(called.id, scope, holder) else None

    def _is_bound_once(self, name: str, scope: Scope, holder: Scope) -> bool:
        """Whether nothing else binds a name, from a scope up to the one that holds it."""
        inner, between = scope, [scope]
        while inner is not holder:
            inner = self._scopes.around(inner) or holder
            between.append(inner)
        times = sum(len(one.binding(name)) for one in between)
        times += sum(name in {arg.arg for arg in one.parameters} for one in between)
        return times == 1 and not any(
            isinstance(node, ast.Global | ast.Nonlocal) and name in node.names
            for one in self._scopes.everywhere
            for node in one.nodes
        )

    def _enter(self, function: ast.Lambda) -> list[ast.Call]:
        """Takes up what every call of a `lambda` comes to; the calls among it."""
        given_to_it = {one.arg for one in children(function.args) if isinstance(one, ast.arg)}
        calls: list[ast.Call] = []
        todo: list[tuple[ast.AST, bool]] = [(function.body, True)]
        while todo:
            node, sure = todo.pop()
            if sure and _begins_with(node) not in given_to_it:
                self._in_lambdas.add(id(node))
                calls += [node] if isinstance(node, ast.Call) else []
            todo += parts(node, sure, is_top=False)
        return calls


def _without_partial(node: ast.expr, scope: Scope) -> ast.expr:
    """The function of a `functools.partial`, there or under a name; any other as it is."""
    values = scope.named_values.get(node.id, []) if isinstance(node, ast.Name) else [node]
    made = values[0] if len(values) == 1 else None
    if isinstance(made, ast.Call) and called_name(made) == "partial" and made.args:
        return made.args[0]
    return node


def _calls_given(call: ast.Call, scope: Scope) -> bool:
    """Whether a package calls the function that it is given, with what the command line says."""
    return full_name(call.func, scope.module.outside) in _CALLS_GIVEN


def _sure_calls(scope: Scope) -> list[ast.Call]:
    return [call for call in scope.calls if id(call) in scope.certain]


def _begins_with(node: ast.AST) -> str:
    """The name that a chain of calls, attributes and items begins with; empty without one."""
    while not isinstance(node, ast.Name):
        inner = getattr(node, "func", None) or getattr(node, "value", None)
        if not isinstance(inner, ast.expr):
            return ""
        node = inner
    return node.id


def _is_one_of_many(scope: Scope) -> bool:
    """Whether a call of a function may enter another of its name: `functools.singledispatch`."""
    decorators = scope.node.decorator_list if scope.node is not None else []
    return any(dotted(one).rpartition(".")[2] in _DISPATCH for one in decorators)
