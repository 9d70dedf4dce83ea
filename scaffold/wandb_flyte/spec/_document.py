"""Reading a sweep config file: its values as W&B reads them, and the line each one stands in."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any, Literal

from wandb_flyte.errors import Finding, InvalidInput, Severity, printable

from ._aliases import Node, first_beyond

Path = tuple[str, ...]

_ENDINGS = (".yaml", ".yml", ".json")
_MAX_BYTES = 1024 * 1024
# Aliases let a small file stand for a huge one. Without them 1 MiB holds fewer nodes than this.
_MAX_NODES = 1_000_000
# The name by which the codecs of Python find `_as_latin`.
_LATIN = "wandb_flyte.as_latin"
_MERGE = "tag:yaml.org,2002:merge"
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map")
)
_KINDS = {
    "bool": "a boolean",
    "int": "a number",
    "float": "a number",
    "null": "empty",
    "timestamp": "a date",
}


@dataclass(frozen=True)
class SweepDocument:
    """A sweep config file, read but not yet checked.

    Attributes:
        path: The file, as it was named.
        raw: Its content.
        lines: The line of each key and list item, counted from 1.
        findings: What is wrong with it as YAML.
        objective: The function that `wandb.agent` gets in the code by its name, empty without one.
        count: The trials that `wandb.agent` runs in the code, None when it does not say.
        unknown: Where values stand that only running the code would tell; they are None in `raw`.
        code: The Python file that starts agents for it; None where none is known.
        part: The key of the file that it stands under; empty for the file itself.
        language: What it is written in.
    """

    path: FilePath
    raw: dict[str, Any]
    lines: Mapping[Path, int]
    findings: tuple[Finding, ...] = field(default=())
    objective: str = ""
    count: int | None = None
    unknown: tuple[Path, ...] = ()
    code: FilePath | None = None
    part: str = ""
    language: Literal["yaml", "json", "python"] = "yaml"

    @property
    def is_yaml(self) -> bool:
        """Whether it is YAML: Python code and JSON have numbers and texts as Python has them."""
        return self.language == "yaml"

    @property
    def names_program(self) -> bool:
        """Whether the sweep config says itself what runs."""
        return not self.objective and ("program" in self.raw or "command" in self.raw)

    def inner(self) -> tuple[str, SweepDocument] | None:
        """The sweep config under the only key that has one, where the file itself is none.

        Returns:
            The key, and what is there; None where the file is a sweep config, or has none inside.
        """
        if not self.raw.keys().isdisjoint(("method", "parameters")):
            return None
        found = [
            key
            for key, value in self.raw.items()
            if isinstance(value, dict) and {"method", "parameters"} <= value.keys()
        ]
        if len(found) != 1:
            return None
        lines = {path[1:]: line for path, line in self.lines.items() if path[:1] == (found[0],)}
        return found[0], replace(self, raw=self.raw[found[0]], lines=lines, part=found[0])

    def to_yaml(self) -> bytes:
        """The sweep config as a YAML file: its own file's bytes, if it is one."""
        if self.is_yaml:
            return self.path.read_bytes()
        import yaml

        text: str = yaml.safe_dump(
            self.raw, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100
        )
        return text.encode()

    def with_agents_of(self, code: FilePath) -> tuple[SweepDocument, bool]:
        """The same, with the function that the agents in a Python file run its trials with.

        Returns:
            The document, without `code` where the file has no such agents, and whether the file
            loads this sweep config. Where not, its agents may be for it, as what they are for is
            known only when the code runs.
        """
        from ._python import with_agents

        return with_agents(self, code)

    def line(self, path: Path) -> int | None:
        """The line of `path`, or of the nearest thing around it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def load_sweep(path: FilePath) -> SweepDocument:
    """Reads a sweep config: a file with the rules of YAML 1.1, as W&B does, JSON, or Python code.

    Args:
        path: The file; `FILE.json` for JSON, `FILE.py` or `FILE.py:NAME` for a dict in Python code,
            which is not run.

    Raises:
        InvalidInput: There is no such file, it is no YAML, or it holds no mapping.
    """
    file, _, name = path.name.partition(".py:")
    if path.suffix == ".py" or (file and name):
        from ._python import load_python_sweep

        return load_python_sweep(path.with_name(f"{file.removesuffix('.py')}.py"), name)
    if path.suffix.lower() == ".json":
        from ._json import load_json_sweep

        return load_json_sweep(path)
    text, garbled = _decoded(path)
    try:
        return _load_yaml(path, text, garbled)
    except InvalidInput as error:
        raise InvalidInput(garbled or error.findings) from None


def _load_yaml(path: FilePath, text: str, garbled: tuple[Finding, ...]) -> SweepDocument:
    try:
        root = _compose(path, text)
        if beyond := first_beyond(root, _MAX_NODES, _MAX_BYTES):
            message = "Its aliases (`*name`) stand for too much, or for themselves."
            raise refused(path, message, "Write the values out.", _line(beyond))
        walk = _Walk(path)
        walk.visit(root, ())
        raw = _construct(path, root)
    except RecursionError:
        raise refused(path, "It is nested too deeply.") from None
    return SweepDocument(path, raw, walk.lines, (*garbled, *walk.findings))


def read_text(path: FilePath) -> str:
    """The text of a file that may hold a sweep config.

    Raises:
        InvalidInput: It can't be read as text, or is too large.
    """
    text, garbled = _decoded(path)
    if garbled:
        raise InvalidInput(garbled)
    return text


def _decoded(path: FilePath) -> tuple[str, tuple[Finding, ...]]:
    """A file's text, as far as it is any, and what is wrong with its encoding."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise refused(path, "There is no such file.", _other_file(path)) from None
    except OSError as error:
        raise refused(path, f"It can't be read: {error.strerror or error}.") from None
    if len(data) > _MAX_BYTES:
        raise refused(path, "It is larger than 1 MiB.", "A sweep config is a short YAML file.")
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = data.decode("utf-16", "replace") if is_wide else data.decode("utf-8", _LATIN)
        return text, refused(path, "It is not UTF-8 text.", "Save it as UTF-8.", line).findings


def _other_file(path: FilePath) -> str:
    """What to give instead of a file that is not there."""
    from difflib import get_close_matches

    names = [other.name for end in _ENDINGS for other in path.parent.glob(f"*{end}")]
    same = [name for name in names if FilePath(name).stem == path.stem]
    near = same or get_close_matches(path.name, names, n=1, cutoff=0.85)
    if not near:
        return "Give the path of a W&B sweep config."
    return f"Did you mean `{printable(str(path.with_name(near[0])))}`?"


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    """What bytes that are no UTF-8 most often are: letters as Windows of the West has them."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_LATIN, _as_latin)


def _compose(path: FilePath, text: str) -> Node:
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = ", ".join(part for part in (error.context, error.problem) if part)
        line = mark.line + 1 if mark else None
        raise refused(path, f"It is not valid YAML: {problem}.", "", line) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        character = f"U+{error.character:04X}"
        raise refused(
            path, f"It holds the character {character}, which YAML refuses.", "", line
        ) from None
    if root is None:
        raise refused(
            path, "It is empty.", "A sweep config has at least `method` and `parameters`."
        )
    if not isinstance(root, yaml.MappingNode):
        kind = "a list" if isinstance(root, yaml.SequenceNode) else "a single value"
        raise refused(
            path,
            f"It holds {kind}, not the keys of a sweep config.",
            "It starts with `method: random`, for example.",
        )
    return root


def _construct(path: FilePath, root: Node) -> dict[str, Any]:
    import yaml

    loader = yaml.SafeLoader("")
    try:
        raw: dict[str, Any] = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise refused(path, f"It is not valid YAML: {error.problem}.", "", line) from None
    except ValueError as error:
        raise refused(path, f"It holds a value that YAML can't read: {error}.") from None
    return raw


def refused(
    path: FilePath, message: str, hint: str = "", line: int | None = None, code: str = "WF001"
) -> InvalidInput:
    """The error of a file that no sweep config can be read from."""
    return InvalidInput([Finding(message, hint, str(path), line, code=code)])


class _Walk:
    """Goes through the nodes once, noting lines and what YAML lets pass but nobody means."""

    def __init__(self, path: FilePath) -> None:
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []
        self._path = path

    def visit(self, node: Node, path: Path) -> None:
        self._check_tag(node, path)
        if node.id == "sequence":
            for index, item in enumerate(node.value):
                self._enter(item, (*path, str(index)), _line(item))
        elif node.id == "mapping":
            self._visit_items(node, path)

    def _enter(self, node: Node, path: Path, line: int) -> None:
        self.lines.setdefault(path, line)
        self.visit(node, path)

    def _visit_items(self, node: Node, path: Path) -> None:
        seen: dict[str, tuple[int, Node]] = {}
        merged: list[Node] = []
        for key, value in node.value:
            if key.tag == _MERGE:
                merged += value.value if value.id == "sequence" else [value]
                continue
            name, line = self._key(key, path), _line(key)
            # The same value once more does no harm.
            if name in seen and not _are_same(value, seen[name][1]):
                message = f"`{name}` is given twice, first in line {seen[name][0]}."
                self._found(line, (*path, name), message, "Keep one of the two.", "WF002")
            seen.setdefault(name, (line, value))
            self._enter(value, (*path, name), line)
        # After the mapping's own keys, which win over the merged ones.
        for source in merged:
            self.visit(source, path)

    def _key(self, key: Node, path: Path) -> str:
        """The key's text; a key such as `on`, which YAML takes for a boolean, is a finding."""
        if key.id != "scalar":
            return "?"
        name = str(key.value)
        inside_a_value = "value" in path or "values" in path
        if not key.tag.endswith(":str") and not inside_a_value:
            kind = key.tag.rpartition(":")[2]
            message = f"The name `{name}` is {_KINDS.get(kind, kind)} to YAML, not text."
            self._found(_line(key), path, message, f'Write it in quotes: `"{name}"`.', "WF003")
            key.tag = "tag:yaml.org,2002:str"
        return name

    def _check_tag(self, node: Node, path: Path) -> None:
        if node.tag.endswith(":bool") and node.value.lower() not in ("true", "false"):
            message = f"`{node.value}` is a boolean to YAML, not text."
            hint = f'Write `"{node.value}"` for text, or `true` or `false`.'
            self._found(_line(node), path, message, hint, "WF020", "warning")
        if node.tag in _PLAIN_TAGS:
            return
        if node.tag.endswith(":timestamp"):
            message = f"`{node.value}` is a date to YAML."
            hint = f'Write it in quotes: `"{node.value}"`.'
        else:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            message = f"The YAML tag `{tag}` is not read in a sweep config."
            hint = "Write the value plainly."
        self._found(_line(node), path, message, hint, "WF004")
        kind = {"sequence": "seq", "mapping": "map"}.get(node.id, "str")
        node.tag = f"tag:yaml.org,2002:{kind}"

    def _found(
        self,
        line: int,
        path: Path,
        message: str,
        hint: str,
        code: str,
        severity: Severity = "error",
    ) -> None:
        where = ".".join(path)
        self.findings.append(Finding(message, hint, str(self._path), line, where, severity, code))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _are_same(one: Node, other: Node, depth: int = 4) -> bool:
    """Whether two values are written alike; those that are nested deep count as different."""
    if one is other:
        return True  # An alias, which may stand for much.
    if one.tag != other.tag or depth == 0:
        return False
    if isinstance(one.value, str) or isinstance(other.value, str):
        return bool(one.value == other.value)
    if len(one.value) != len(other.value):
        return False
    parts = (
        (a, b) if isinstance(a, tuple) else ((a,), (b,))
        for a, b in zip(one.value, other.value, strict=True)
    )
    return all(_are_same(x, y, depth - 1) for a, b in parts for x, y in zip(a, b, strict=True))
