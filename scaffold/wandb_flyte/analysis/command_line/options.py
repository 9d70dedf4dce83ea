"""The options of a program's command line, as its source declares them."""

from __future__ import annotations

import ast
import re

from wandb_flyte.analysis.source.foreign import OTHER_PACKAGES, makes_parser, settings_of
from wandb_flyte.analysis.source.kinds import (
    argument,
    called_name,
    full_name,
    is_name,
    literal,
    text,
)
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.syntax import is_none, named_by, walk
from wandb_flyte.analysis.source.written_paths import written_path
from wandb_flyte.analysis.tracing.flow import Flow

from .absl_options import read_absl
from .argparse_options import read_argument
from .argv_uses import is_only_shown
from .click_commands import assign_commands, is_of_click, is_registered
from .click_options import read_click
from .dataclass_options import is_of_dataclasses, read_dataclasses
from .getopt_options import goes_to_getopt, read_getopt
from .interface import Interface
from .leftovers import goes_to_parser, uses_rest
from .lightning_options import read_lightning
from .looped_options import read_looped
from .signature_options import read_fire, read_typer, read_tyro
from .tap_options import read_tap

# Parsers whose options the source does not show in one place.
_OTHERS = frozenset(
    [
        "HfArgumentParser",
        "LightningCLI",
        "Fire",
        "CLI",
        "ArgParser",
        "TrlParser",
        "OptionParser",
        "Tap",
        "FlagValues",
        "from_cli",
    ]
)

# What a function of another package is called that reads the command line.
_PARSES_ELSEWHERE = re.compile(r"(^|_)(args|arguments|argv|flags)$")
# Calls that only tell what they get.
_TELLS = frozenset({"join", "len", "print"})
_ADDS = frozenset({"append", "extend", "insert"})
# Decorators beside click's that add none.
_NO_OPTIONS = frozenset({"click", "hydra", "wandb", "wandb_flyte", "functools", "torch"})


def read_interface(flow: Flow) -> Interface:
    """The command line of a script."""
    found = Interface()
    parsed = False
    for scope in flow.scopes.reached:
        if scope.node is not None:
            _read_decorators(found, scope, flow)
        for node in scope.each(ast.Attribute, ast.Call):
            if isinstance(node, ast.Call):
                parsed |= _read_call(found, node, flow, scope)
            elif _is_argv(node):
                if any(_is_argv(n, ast.Store) for n in scope.each(ast.Attribute)):
                    found.rewrites = True
                    continue
                _note_changes(found, node, flow)
                is_plain = _is_one_word(node, flow) or goes_to_getopt(node, flow, scope)
                if is_plain or is_only_shown(node, scope, flow):
                    continue
                found.open = True
                found.style = "unknown" if found.style == "none" else found.style
    if found.dataclasses:
        read_dataclasses(found, flow)
    if found.elsewhere and found.style == "unknown" and not found.rewrites:
        found.taken = read_lightning(flow)
    if found.style == "click":
        assign_commands(found, flow)
    if flow.scopes.runs_text:
        found.open = True
        found.style = "unknown" if found.style == "none" else found.style
    if found.style == "argparse" and not parsed:
        found.style, found.options = ("unknown" if found.open else "none"), []
    return found


def _adder(called: ast.expr, scope: Scope) -> ast.expr:
    """What is called, under its own name: of `add = parser.add_argument` the `add`."""
    values = scope.every_value(called.id) if isinstance(called, ast.Name) else None
    value = values[0] if values and len(values) == 1 else None
    is_adder = isinstance(value, ast.Attribute) and value.attr == "add_argument"
    return value if is_adder and value is not None else called


def _read_call(found: Interface, node: ast.Call, flow: Flow, scope: Scope) -> bool:
    """Takes up a call that has to do with the command line; True when it parses it."""
    called = _adder(node.func, scope)
    name, parsed = getattr(called, "attr", called_name(node)), False
    base = flow.kinds(called.value, scope) if isinstance(called, ast.Attribute) else ()
    parsers = [kind for kind in base if kind.what == "parser"]
    origin = scope.module.outside.get(name, "")
    if parsers and name == "add_argument":
        found.style = "argparse"
        option = read_argument(node, parsers[0].path, scope)
        options = [option] if option else read_looped(node, parsers[0].path, scope, flow)
        found.open |= options is None
        found.options += options or []
    elif parsers and name in ("parse_args", "parse_known_args", "parse_intermixed_args"):
        parsed = not (node.args and _is_own_list(node.args[0], scope))
        found.style, found.place = "argparse", (scope.module.file, node.lineno)
        found.parses += [(node, scope)] if parsed else []
        found.elsewhere |= _fills_another(node)
        if name == "parse_known_args":
            found.ignores_unknown |= not goes_to_parser(node, flow, scope)
            found.open |= uses_rest(node, flow, scope)
    elif any(kind.what == "subparsers" for kind in base) and name == "add_parser":
        found.commands.add(text(argument(node, "name")) or "?")
    elif read_getopt(found, node, flow, scope) or read_absl(found, node, flow, scope):
        parsed = True
    elif read_tap(found, node, flow, scope):
        found.open, found.elsewhere, parsed = True, True, True
    elif is_of_dataclasses(node, scope):
        found.style, found.elsewhere, parsed = "unknown", True, True
        found.dataclasses.append((node, scope))
    elif read_fire(found, node, flow, scope):
        parsed = True
    elif _is_elsewhere(node, flow, scope):
        found.style, found.open, parsed = "unknown", True, True
        found.elsewhere, found.fire = True, found.fire or name == "Fire"
    elif origin == "tyro.cli" or (name == "cli" and _is_of(node.func, "tyro")):
        read_tyro(found, node, flow, scope)
    elif _is_typer_run(node, scope) and node.args:
        for target in flow.scopes.resolve(node.args[0], scope):
            if isinstance(target, Scope) and target.node is not None:
                read_typer(found, target.node, target.module)
    elif name in ("OmegaConf.from_cli", "from_cli"):
        found.style, found.open = "unknown", True
    elif any(k.what == "parser" for a in node.args for k in flow.kinds(a, scope)):
        # Somebody else's code may add options.
        found.open |= not flow.scopes.resolve(node.func, scope)
    elif (fields := settings_of(node, scope, flow.scopes)) is not None:
        found.settings, found.fields = True, found.fields | fields
        found.settings_go_on |= _goes_on(node, flow, scope)
    return parsed


def _fills_another(call: ast.Call) -> bool:
    """Whether an object that is no `Namespace` gets what is parsed, and is read itself."""
    given = next((one.value for one in call.keywords if one.arg == "namespace"), None)
    made = isinstance(given, ast.Call) and called_name(given) == "Namespace"
    return given is not None and not made


def _goes_on(call: ast.Call, flow: Flow, scope: Scope) -> bool:
    """Whether the result of a call goes on as a whole, and not only some attributes of it."""
    names = {name for name, values in scope.named_values.items() if call in values}
    uses = [n for n in scope.each(ast.Name) if n.id in names]
    parents = (flow.scopes.parents.get(id(one)) for one in [call, *uses])
    return not all(isinstance(one, ast.Assign | ast.Attribute | ast.Subscript) for one in parents)


def _is_own_list(words: ast.expr, scope: Scope) -> bool:
    """Whether a program parses words that it puts together itself, not its command line."""
    values = scope.named_values.get(getattr(words, "id", ""), ())
    return isinstance(words, ast.List) or any(isinstance(one, ast.List) for one in values)


def _is_elsewhere(node: ast.Call, flow: Flow, scope: Scope) -> bool:
    """Whether a call makes a command line whose options the source does not show."""
    name, outside = called_name(node), scope.module.outside
    if name in _OTHERS and (name in outside or isinstance(node.func, ast.Attribute)):
        return True
    if isinstance(node.func, ast.Name) and name in outside and _PARSES_ELSEWHERE.search(name):
        return True
    called = [node.func]
    for target in flow.scopes.resolve(node.func, scope):
        if isinstance(target, ast.ClassDef):
            called += target.bases
            outside = {**outside, **_module_of(target, flow).outside}
    origins = [full_name(one, outside) for one in called]
    if any(origin.partition(".")[0] in OTHER_PACKAGES for origin in origins):
        return True
    if name.endswith("ArgumentParser") and not makes_parser(node.func, outside):
        return True
    return any(one.rpartition(".")[2] in _OTHERS | {"ArgumentParser"} for one in origins[1:])


def _module_of(node: ast.ClassDef, flow: Flow) -> Module:
    modules = flow.sources.modules
    return next((one for one in modules if node in one.tree.body), flow.sources.entry)


def _read_decorators(found: Interface, scope: Scope, flow: Flow) -> None:
    function = scope.node
    assert function is not None  # noqa: S101 - the caller looked
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        called = ast.unparse(named_by(decorator))
        root = called.partition(".")[0]
        origin = scope.module.outside.get(root, "")
        if origin.partition(".")[0] == "click":
            read_click(found, called.rpartition(".")[2], call, scope)
        elif called.endswith(".command") and _typer_app(root, scope.module):
            if scope.module is not flow.sources.entry and _has_app_alone(flow):
                continue  # The command line of a module that can also be started.
            read_typer(found, function, scope.module)
        elif is_registered(decorator, scope, flow):
            read_click(found, "command", call, scope)
        elif is_of_click(function, scope) and origin.partition(".")[0] not in _NO_OPTIONS:
            found.open = True  # It may add some.
        elif origin.startswith("hydra") and called.rpartition(".")[2] == "main":
            _hydra(found, call, scope)


def _hydra(found: Interface, call: ast.Call | None, scope: Scope) -> None:
    assert scope.node is not None  # noqa: S101 - a decorator stands on a function
    found.style, found.place = "hydra", (scope.module.file, scope.node.lineno)
    given = {k.arg: k.value for k in call.keywords} if call else {}
    folder, module = given.get("config_path"), scope.module
    found.config_dir = text(folder)
    if folder is None:
        old = "version_base" not in given or text(given["version_base"]) in ("1.0", "1.1")
        found.config_dir = "." if old else ""
    elif is_none(folder):
        found.config_dir = ""
    elif found.config_dir is None:
        found.config_dir = written_path(folder, module)
    found.config_name = text(given.get("config_name"))
    if folder is not None and "cwd" in ast.unparse(folder):
        config = module.file.parent / (found.config_dir or "") / f"{found.config_name}.yaml"
        # Where it is started from another folder, that has it.
        found.config_dir = found.config_dir if config.is_file() else None
    # The command may name it.
    found.open = found.config_dir is None or (found.config_name is None and "config_name" in given)


def _is_typer_run(node: ast.Call, scope: Scope) -> bool:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr == "run" and _is_of(node.func, "typer")
    return scope.module.outside.get(called_name(node)) == "typer.run"


def _is_of(called: ast.expr, module: str) -> bool:
    return isinstance(called, ast.Attribute) and is_name(called.value, module)


def _typer_app(name: str, module: Module) -> bool:
    return any(is_name(target, name) for target in _typer_apps(module))


def _typer_apps(module: Module) -> list[ast.expr]:
    """The names that a module binds to command lines of typer."""
    return [
        target
        for node in module.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if called_name(node.value) == "Typer"
        for target in node.targets
    ]


def _has_app_alone(flow: Flow) -> bool:
    """Whether the program has a command line of typer that takes in no other module's."""
    entry = flow.sources.entry
    calls = (node for node in walk(entry.tree) if isinstance(node, ast.Call))
    return bool(_typer_apps(entry)) and all(called_name(call) != "add_typer" for call in calls)


def _note_changes(found: Interface, node: ast.AST, flow: Flow) -> None:
    """Takes up the words that a program adds to its command line, or sets."""
    parent = flow.scopes.parents.get(id(node))
    call = flow.scopes.parents.get(id(parent))
    if isinstance(parent, ast.Subscript):
        found.rewrites |= not isinstance(parent.ctx, ast.Load)
    elif isinstance(parent, ast.Attribute) and parent.attr in _ADDS and isinstance(call, ast.Call):
        added = literal(call.args[-1]) if call.args else None
        words = added if isinstance(added, list | tuple) else [added]
        found.added += [word for word in words if isinstance(word, str)]
        found.rewrites |= not all(isinstance(word, str) for word in words)


def _is_one_word(node: ast.AST, flow: Flow) -> bool:
    """Whether of `sys.argv` only the number of words is asked, or the word at one place.

    Or all of them are told as they are.
    """
    parent = flow.scopes.parents.get(id(node))
    if isinstance(parent, ast.Call):
        return called_name(parent) in _TELLS
    return isinstance(parent, ast.Subscript) and isinstance(literal(parent.slice), int)


def _is_argv(node: ast.AST, context: type[ast.expr_context] = ast.Load) -> bool:
    is_it = isinstance(node, ast.Attribute) and node.attr == "argv" and is_name(node.value, "sys")
    return is_it and isinstance(getattr(node, "ctx", None), context)
