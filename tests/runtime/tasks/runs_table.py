"""The table of docs/runs.md, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "runs.md"
NONE = "-"


@dataclass(frozen=True)
class Row:
    """What the table says about one choice of settings. A, P and I stand for ids."""

    nodes: int
    per_node: int
    run_mode: str
    rank_scope: str
    given: str
    parent: str
    runs: list[str]
    groups: list[str]
    links: list[str]


def rows() -> list[Row]:
    """The table's rows."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [_row(line) for line in cells if line[0][0].isdigit()]


def _row(cells: list[str]) -> Row:
    shape, run_mode, scope, given, parent, runs, groups, links = cells
    nodes, per_node = map(int, shape.split(" x "))
    opened = runs.split(", ")
    each = groups.split(", ")
    return Row(
        nodes=nodes,
        per_node=per_node,
        run_mode=run_mode,
        rank_scope="global" if scope == "any" else scope,
        given=given,
        parent=parent,
        runs=opened,
        groups=each if len(each) == len(opened) else each * len(opened),
        links=links.split(", "),
    )


def filled(text: str, **ids: str) -> str:
    """A cell with real ids in the place of its letters."""
    kind, slash, name = text.rpartition("/")
    letter, dash, rest = name.partition("-")
    return f"{kind}{slash}{ids.get(letter, letter)}{dash}{rest}"
