"""`params.py`: the sweep config's hyperparameters as a frozen dataclass, for editors and mypy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from wandb_flyte.errors import Finding, InvalidInput, printable
from wandb_flyte.spec import (
    Distribution,
    Parameter,
    SweepConfig,
    check_sweep,
    load_sweep,
    parse_sweep,
    python_name,
)

from .names import show_path

_WIDTH = 100
_HEAD = '''\
"""The hyperparameters of sweep.yaml, typed: annotate the objective's config with `Params`.

Made from sweep.yaml; `wandb-flyte check --fix` makes it anew.
"""
'''


def render_params(sweep: SweepConfig) -> str:
    """The text of `params.py`."""
    classes = _classes("Params", "What one trial gets.", list(sweep.parameters), 0)
    body = "\n\n".join(classes)
    imports = ["from dataclasses import dataclass"]
    names = [name for name in ("Any", "Literal") if re.search(rf": .*\b{name}\b", body)]
    if names:
        imports.append(f"from typing import {', '.join(names)}")
    return "\n".join([_HEAD, *imports, "", "", body])


def check_params(file: Path, sweep_file: Path) -> list[Finding]:
    """What is wrong with a project's `params.py`: gone, stale, or no field for each name."""
    sweep = _sweep(sweep_file)
    if sweep is None or not file.parent.is_dir():
        return []
    findings = [_clash(sweep_file, *names) for names in _clashes(sweep.parameters)]
    return findings + ([] if _text(file) == render_params(sweep) else [_stale(file, sweep_file)])


def _stale(file: Path, sweep_file: Path) -> Finding:
    message = f"It does not match `{show_path(sweep_file)}`."
    hint = "`wandb-flyte check --fix` renews it."
    if not file.is_file():
        message, hint = "There is no such file.", "`wandb-flyte check --fix` writes it."
    return Finding(message, hint, show_path(file), None, "", "warning", "WF401")


def _clash(sweep_file: Path, first: tuple[str, ...], second: tuple[str, ...]) -> Finding:
    field = python_name(second[-1])
    message = f"`Params` has one field, `{field}`, for `{_dotted(first)}` and `{_dotted(second)}`."
    hint = "Rename one of them."
    path = ".".join(("parameters", *second))
    return Finding(message, hint, show_path(sweep_file), None, path, "warning", "WF401")


def _clashes(parameters: Iterable[Parameter]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Pairs of keys of one level that have the same name in Python."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    told: set[tuple[str, ...]] = set()
    for parameter in parameters:
        for depth in range(len(parameter.path)):
            keys = parameter.path[: depth + 1]
            first = found.setdefault((*keys[:-1], python_name(keys[-1])), keys)
            if first != keys and keys not in told:
                told.add(keys)
                yield first, keys


def _dotted(keys: Iterable[str]) -> str:
    return _plain(".".join(keys))


def renew_params(file: Path, sweep_file: Path) -> bool:
    """Writes a project's `params.py` anew when it is stale or gone; says whether it was."""
    sweep = _sweep(sweep_file)
    if sweep is None or not file.parent.is_dir() or _text(file) == (wanted := render_params(sweep)):
        return False
    file.write_text(wanted, encoding="utf-8")
    return True


def _sweep(sweep_file: Path) -> SweepConfig | None:
    """The sweep config, None when something is wrong with it."""
    try:
        document = load_sweep(sweep_file)
    except InvalidInput:
        return None
    if any(finding.severity == "error" for finding in check_sweep(document)):
        return None
    return parse_sweep(document.raw)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _classes(name: str, doc: str, parameters: list[Parameter], depth: int) -> list[str]:
    """The classes of one level, those of the levels inside it first."""
    before: list[str] = []
    fields: list[str] = []
    taken: set[str] = set()
    for key in dict.fromkeys(parameter.path[depth] for parameter in parameters):
        field = python_name(key)
        if field in taken:
            continue  # `a-b` and `a_b`: `check` tells.
        taken.add(field)
        inner = [parameter for parameter in parameters if parameter.path[depth] == key]
        if len(inner[0].path) > depth + 1:
            kind = _class_name(name, field)
            before += _classes(kind, f"`{_plain(key)}`, nested.", inner, depth + 1)
            comment = ""
        else:
            kind, comment = _type(inner[0].distribution), _comment(inner[0].distribution)
        fields.append(_line(field, kind, comment))
    lines = ["@dataclass(frozen=True)", f"class {name}:", f'    """{doc}"""', "", *fields]
    return [*before, "\n".join([*lines, ""])]


def _class_name(outer: str, field: str) -> str:
    own = "".join(part.capitalize() for part in field.split("_"))
    return f"{'' if outer == 'Params' else outer}{own}" if own != "Params" else "ParamsParams"


def _line(field: str, kind: str, comment: str) -> str:
    line = f"    {field}: {kind}"
    if len(line) > _WIDTH:
        line = f"    {field}: {_base(kind)}"
    whole = f"{line}  # {comment}"
    return whole if comment and len(whole) <= _WIDTH else line


def _base(kind: str) -> str:
    """The type of a `Literal` that is too long for a line."""
    types = {"str" if '"' in kind else "int"}
    return types.pop()


def _type(distribution: Distribution) -> str:
    args = distribution.args
    values = args.get("values", [args["value"]] if "value" in args else None)
    if values is None:
        whole = isinstance(args.get("q"), int) and distribution.name.startswith("q_")
        return "int" if distribution.name == "int_uniform" or whole else "float"
    kinds = {type(value) for value in values}
    if kinds <= {int, float} and float in kinds:
        return "float"
    if kinds == {bool}:
        return "bool"
    if kinds == {str} and "values" in args:
        return f"Literal[{', '.join(_quoted(value) for value in dict.fromkeys(values))}]"
    if kinds == {int} and "values" in args:
        return f"Literal[{', '.join(str(value) for value in dict.fromkeys(values))}]"
    return _union(kinds)


def _union(kinds: Iterable[type]) -> str:
    names = {
        bool: "bool",
        int: "int",
        float: "float",
        str: "str",
        list: "list[Any]",
        dict: "dict[str, Any]",
        type(None): "None",
    }
    found = sorted(names.get(kind, "Any") for kind in kinds)
    if "Any" in found:
        return "Any"
    return " | ".join([name for name in found if name != "None"] + ["None"] * ("None" in found))


def _comment(distribution: Distribution) -> str:
    args = distribution.args
    if "min" in args and "max" in args:
        return f"{_short(args['min'])} to {_short(args['max'])}, {distribution.name}"
    return ""


def _quoted(value: str) -> str:
    import json

    return json.dumps(value)


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _plain(text: str) -> str:
    return printable(text).replace("\\", "/").replace('"', "'")
