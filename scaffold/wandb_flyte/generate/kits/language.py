"""The Jinja that a kit's files may use: a small language in which nothing can be reached or run.

Answers by name, `if`, `for` over a list, and a few filters. Everything else is refused before
anything is rendered; what is left is rendered in Jinja's sandbox, without its globals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wandb_flyte.errors import Finding, InvalidInput

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

# The answers that a kit's file can show.
ANSWERS = frozenset(
    {
        "agents",
        "backend",
        "dependencies",
        "objective",
        "package",
        "profile",
        "project",
        "trials",
        "wandb_entity",
        "wandb_project",
    }
)
FILTERS = frozenset(
    {"default", "first", "join", "last", "length", "lower", "sort", "title", "trim"}
    | {"to_json", "upper"}
)
_TESTS = frozenset({"defined", "none", "string", "number", "in"})
_LOOP = frozenset({"first", "last", "index"})
_PLAIN = (
    *("Template", "Output", "TemplateData", "Const", "TemplateReference", "Keyword"),
    *("If", "CondExpr", "Compare", "Operand", "Not", "And", "Or", "Concat", "List", "Tuple"),
)
_SHOWN = {
    "Call": "a call",
    "Include": "`include`",
    "Import": "`import`",
    "FromImport": "`from`",
    "Extends": "`extends`",
    "Macro": "`macro`",
    "Assign": "`set`",
}
_PLACEHOLDER = re.compile(r"\{\{ (package|project) \}\}")


def check_language(name: str, text: str) -> list[Finding]:
    """What a file's Jinja does that a kit's may not."""
    from jinja2 import TemplateError, TemplateSyntaxError, nodes

    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        return [Finding(f"{error.message}.", file=name, line=error.lineno)]
    except (TemplateError, RecursionError) as error:
        return [Finding(f"{error}.", file=name)]
    loops = [node for node in tree.find_all(nodes.For) if next(node.find_all(nodes.For), None)]
    findings = {
        (node.lineno, why) for node in tree.find_all(nodes.Node) for why in _check(node, tree)
    }
    findings |= {(node.lineno, "A loop in a loop") for node in loops}
    hint = "A kit's files show answers, with `if`, `for` and filters."
    return [Finding(f"{why} is not for kits.", hint, name, line) for line, why in sorted(findings)]


def check_placeholders(name: str) -> list[Finding]:
    """What a file's name has that only templates have."""
    rest = _PLACEHOLDER.sub("", name)
    if not any(sign in rest for sign in ("{{", "}}", "{%", "{#")):
        return []
    hint = "A file's name can hold `{{ package }}` and `{{ project }}`."
    return [Finding("The name can't be filled in.", hint, name)]


def fill_name(name: str, answers: Mapping[str, Any]) -> str:
    """A file's name in a project."""
    return _PLACEHOLDER.sub(lambda found: str(answers[found[1]]), name).removesuffix(".jinja")


def render_text(name: str, text: str, answers: Mapping[str, Any]) -> str:
    """A checked file, filled in.

    Raises:
        InvalidInput: It can't be.
    """
    from jinja2 import TemplateError

    known = {key: value for key, value in answers.items() if key in ANSWERS}
    try:
        return _environment().from_string(text).render(known)
    except (TemplateError, TypeError, ValueError) as error:
        raise InvalidInput([Finding(f"It can't be rendered: {error}.", file=name)]) from error


def _environment() -> ImmutableSandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.globals.clear()
    environment.filters["to_json"] = json.dumps
    return environment


def _check(node: nodes.Node, tree: nodes.Template) -> Iterator[str]:
    from jinja2 import nodes

    kind = type(node).__name__
    if isinstance(node, nodes.Name):
        if node.ctx == "load" and node.name not in ANSWERS | _targets(tree):
            yield f"`{node.name}`, which is no answer,"
    elif isinstance(node, nodes.Filter):
        if node.name not in FILTERS:
            yield f"The filter `{node.name}`"
    elif isinstance(node, nodes.Test):
        if node.name not in _TESTS:
            yield f"The test `{node.name}`"
    elif isinstance(node, nodes.Getattr):
        on_loop = isinstance(node.node, nodes.Name) and node.node.name == "loop"
        if not (on_loop and node.attr in _LOOP):
            yield f"`.{node.attr}`"
    elif isinstance(node, nodes.For):
        if node.recursive or not isinstance(node.iter, nodes.Name):
            yield "A loop over anything but an answer"
    elif kind not in _PLAIN:
        yield _SHOWN.get(kind, f"`{kind.lower()}`")


def _targets(tree: nodes.Template) -> set[str]:
    """The names that loops give to what they come by."""
    from jinja2 import nodes

    names = {
        name.name for loop in tree.find_all(nodes.For) for name in loop.target.find_all(nodes.Name)
    }
    names |= {
        loop.target.name for loop in tree.find_all(nodes.For) if isinstance(loop.target, nodes.Name)
    }
    return names | {"loop"} if names else names
