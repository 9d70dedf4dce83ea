"""Where the objectives stand that tests name."""

from __future__ import annotations

import re
from pathlib import Path

OBJECTIVES = Path(__file__).with_name("objectives.py")
UNRULY = Path(__file__).with_name("unruly_objectives.py")


def reference(name: str) -> str:
    """`FILE:NAME` of the one objective of that name."""
    defined = re.compile(rf"^(?:(?:async )?def {name}\(|{name} = )", re.MULTILINE)
    (file,) = [file for file in (OBJECTIVES, UNRULY) if defined.search(file.read_text())]
    return f"{file}:{name}"


def line_of(text: str) -> str:
    """`FILE:LINE` of the one line of the objectives that holds a text."""
    (place,) = [
        f"{file}:{number}"
        for file in (OBJECTIVES, UNRULY)
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if text in line
    ]
    return place
