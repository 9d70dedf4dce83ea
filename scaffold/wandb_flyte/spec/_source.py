"""Reading Python code that is never run."""

from __future__ import annotations

import ast
import re
import sys
import warnings

_F_STRING = re.compile(r"""\b(f|fr|rf)["']""", re.IGNORECASE)


class NotPython(Exception):
    """Text that Python can't read.

    Attributes:
        message: Why not.
        line: Where, None when it is not said.
        is_newer: Whether it may be Python of a newer version: f-strings take more since 3.12.
    """

    def __init__(self, message: str, line: int | None = None, *, is_newer: bool = False) -> None:
        super().__init__(message)
        self.message, self.line, self.is_newer = message, line, is_newer

    @property
    def hint(self) -> str:
        """What may help: another Python, where a line of the text can't be read."""
        version = sys.version.split()[0]
        about = f"This is Python {version}: newer syntax needs a newer one."
        return "" if self.line is None else about


def parse_python(source: str | bytes) -> ast.Module:
    """The code of a file, read without a warning: a user's invalid escapes are not our output.

    Raises:
        NotPython: It is none, or is nested too deeply.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        message = f"Python can't read it: {error.msg}."
        raise NotPython(message, error.lineno, is_newer=_is_newer(error)) from None
    except (RecursionError, MemoryError):
        raise NotPython("It is nested too deeply to be read.") from None
    except ValueError as error:
        raise NotPython(f"Python can't read it: {error}.") from None


def _is_newer(error: SyntaxError) -> bool:
    """Whether Python 3.12 may read it: an f-string holds more lines there, and its own quotes."""
    is_cut = "unterminated string" in error.msg and _F_STRING.search(error.text or "")
    return sys.version_info < (3, 12) and bool(is_cut or "f-string" in error.msg)
