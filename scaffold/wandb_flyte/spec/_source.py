"""Reading Python code that is never run."""

from __future__ import annotations

import ast
import warnings


class NotPython(Exception):
    """Text that Python can't read.

    Attributes:
        message: Why not.
        line: Where, None when it is not said.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line = message, line


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
        raise NotPython(f"Python can't read it: {error.msg}.", error.lineno) from None
    except (RecursionError, MemoryError):
        raise NotPython("It is nested too deeply to be read.") from None
    except ValueError as error:
        raise NotPython(f"Python can't read it: {error}.") from None
