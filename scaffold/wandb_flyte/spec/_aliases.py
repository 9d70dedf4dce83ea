"""How much a YAML document holds once its aliases are written out."""

from __future__ import annotations

from typing import Any, TypeAlias

# A yaml.Node: yaml itself is imported only where YAML is read.
Node: TypeAlias = Any


def first_beyond(root: Node, most_nodes: int, most_characters: int) -> Node | None:
    """The value with which a document gets too large, counting what aliases stand for each time.

    Args:
        root: The document as `yaml.compose` gives it.
        most_nodes: How many values it may hold.
        most_characters: How many characters its keys and values may have together.

    Returns:
        That value, or None when the document is not too large; one in itself always is.
    """
    waiting = [root]
    while waiting:
        node = waiting.pop()
        most_nodes -= 1
        if node.id == "scalar":
            most_characters -= len(node.value)
        elif node.id == "sequence":
            waiting.extend(reversed(node.value))
        else:
            most_characters -= sum(len(key.value) for key, _ in node.value)
            waiting.extend(value for _, value in reversed(node.value))
        if most_nodes < 0 or most_characters < 0:
            return node
    return None
