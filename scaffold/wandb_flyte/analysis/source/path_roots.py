"""The folders that a program puts on `sys.path`, as far as its source writes them out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from .kinds import bindings, full_name, text
from .syntax import statements, top_level

_DEEPEST = 12
_ADDS = frozenset({"sys.path.append", "sys.path.insert"})
# Calls that give the path that they get, in another form.
_SAME = frozenset(
    {
        *("os.fspath", "os.path.abspath", "os.path.expanduser", "os.path.normpath"),
        *("os.path.realpath", "pathlib.Path", "str"),
    }
)
_SAME_METHODS = frozenset({"absolute", "as_posix", "resolve"})


def added_roots(tree: ast.Module, file: Path) -> tuple[tuple[Path, ...], int | None]:
    """The folders that a file's code adds, in the order of the source.

    Only those below the current folder, and the two around the file's own: a program's.

    Args:
        tree: The file's source, parsed.
        file: Where it is.

    Returns:
        The folders, and the line that adds the first one which is not here; None without any.
    """
    here, around = Path.cwd().resolve(), file.resolve().parents[1:3]
    found: dict[Path, None] = {}
    lost: list[int] = []
    for path, line in _added(tree, file.resolve()):
        is_ours = path.is_relative_to(here) or path in around
        if is_ours and path.is_dir():
            found[path] = None
        else:
            lost.append(line)
    return tuple(found), min(lost, default=None)


def _names(tree: ast.Module) -> dict[str, ast.expr]:
    """What the top level of a file gives each name."""
    bound = bindings(top_level(tree.body))
    return {target.id: value for target, value in bound if isinstance(target, ast.Name)}


def _added(tree: ast.Module, file: Path) -> Iterator[tuple[Path, int]]:
    outside: dict[str, str] = {}
    calls: list[ast.Call] = []
    for node in statements(tree):
        if isinstance(node, ast.ImportFrom):
            outside |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            calls.append(node.value)
    reader = Paths(file, tree, outside)
    for call in calls:
        if full_name(call.func, outside) in _ADDS and call.args:
            path = reader.path(call.args[-1])
            if path is not None:
                yield (Path.cwd() / path).resolve(), call.lineno


class Paths:
    """Reads the paths that expressions of a file write out.

    Args:
        file: Where the file is.
        tree: Its source, parsed.
        outside: Where its imported names come from.
    """

    def __init__(self, file: Path, tree: ast.Module, outside: Mapping[str, str]) -> None:
        self._file = file
        self._names = _names(tree)
        self._outside = outside

    def path(self, node: ast.expr, depth: int = 0) -> Path | None:
        """The path that an expression is; None when the source does not show it."""
        if depth > _DEEPEST:
            return None
        if (plain := text(node)) is not None:
            return None if "\x00" in plain else Path(plain)
        if isinstance(node, ast.Name):
            return self._file if node.id == "__file__" else self.named(node.id, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            return self._joined([node.left, node.right], depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._put_together([node.left, node.right], depth)
        if isinstance(node, ast.JoinedStr):
            return self._put_together(node.values, depth)
        if isinstance(node, ast.Attribute) and node.attr == "parent":
            around = self.path(node.value, depth + 1)
            return around and around.parent
        if isinstance(node, ast.Subscript):
            return self._parent(node, depth)
        return self._called(node, depth) if isinstance(node, ast.Call) else None

    def named(self, name: str, depth: int) -> Path | None:
        """The path that a name of the file's top level stands for."""
        value = self._names.get(name)
        return self.path(value, depth + 1) if value is not None else None

    def _put_together(self, parts: list[ast.expr], depth: int) -> Path | None:
        """A text of several parts."""
        texts: list[str] = []
        for part in parts:
            if (plain := text(part)) is not None:
                texts.append(plain)
                continue
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            path = self.path(inner, depth + 1)
            if path is None:
                return None
            texts.append(str(path))
        return Path("".join(texts))

    def _joined(self, parts: list[ast.expr], depth: int) -> Path | None:
        paths = [self.path(part, depth + 1) for part in parts]
        return None if None in paths else Path(*filter(None, paths))

    def _parent(self, node: ast.Subscript, depth: int) -> Path | None:
        """`path.parents[1]`."""
        base, index = node.value, getattr(node.slice, "value", None)
        if not isinstance(base, ast.Attribute) or base.attr != "parents":
            return None
        path = self.path(base.value, depth + 1)
        if path is None or type(index) is not int or not 0 <= index < len(path.parents):
            return None
        return path.parents[index]

    def _called(self, node: ast.Call, depth: int) -> Path | None:
        name = full_name(node.func, self._outside)
        if name in ("os.getcwd", "pathlib.Path.cwd"):
            return Path.cwd()
        if name == "os.path.join":
            return self._joined(node.args, depth)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _SAME_METHODS:
            return self.path(node.func.value, depth + 1)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "joinpath":
            return self._joined([node.func.value, *node.args], depth)
        if name == "os.path.dirname" and node.args:
            path = self.path(node.args[0], depth + 1)
            return path and path.parent
        if name in _SAME and node.args:
            return self._joined(node.args, depth)
        return None
