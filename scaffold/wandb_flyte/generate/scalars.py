"""Where the values of a YAML file stand in its text."""

from __future__ import annotations

from typing import Any, NamedTuple


class Place(NamedTuple):
    """A value's own text.

    Attributes:
        start: Where it begins, its quotes included.
        end: Where it ends.
        before: What belongs to it and stands before it: an anchor, a tag.
    """

    start: int
    end: int
    before: str


def scalar_places(text: str, nodes: list[Any]) -> list[Place]:
    """The places of scalar nodes, in their order.

    Args:
        text: The file's text.
        nodes: Nodes of PyYAML, composed from it.
    """
    import yaml

    tokens = yaml.scan(text, Loader=yaml.SafeLoader)
    starts = {
        token.end_mark.index: token.start_mark.index
        for token in tokens
        if isinstance(token, yaml.ScalarToken)
    }
    return [_place(text, node, starts) for node in nodes]


def _place(text: str, node: Any, starts: dict[int, int]) -> Place:
    first, end = node.start_mark.index, node.end_mark.index
    start = starts.get(end, first)
    # A text of several lines takes its last line break along.
    end = start + len(text[start:end].rstrip())
    return Place(start, end, text[first:start])
