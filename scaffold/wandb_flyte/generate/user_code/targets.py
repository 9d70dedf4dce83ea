"""The modules that a Hydra config names: `_target_: models.MLP` is imported when a trial runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from wandb_flyte.analysis.source.sources import Module, Sources

from ._imports import Import, local_imports, missing

_MAX_BYTES = 256 * 1024
_KEY = "_target_"


def named_targets(content: bytes) -> Iterator[str]:
    """What the `_target_` keys of a YAML file name, wherever they stand in it."""
    import yaml

    if len(content) > _MAX_BYTES or _KEY.encode() not in content:
        return
    try:
        todo = [yaml.compose(content, yaml.SafeLoader)]
    except (ValueError, RecursionError, yaml.YAMLError):
        return
    seen: set[int] = set()  # What an anchor stands for comes again with each alias.
    while todo:
        node = todo.pop()
        if id(node) in seen or isinstance(node, yaml.ScalarNode | None):
            continue
        seen.add(id(node))
        for item in node.value:
            key, value = item if isinstance(item, tuple) else (None, item)
            todo.append(value)
            if key is not None and key.value == _KEY and _is_dotted(value.value):
                yield value.value


def _is_dotted(text: object) -> bool:
    return isinstance(text, str) and all(part.isidentifier() for part in text.split("."))


def read_targets(
    names: Iterable[str], sources: Sources, roots: tuple[Path, ...]
) -> tuple[list[Module], set[Import]]:
    """The modules of a program with those that a config names, and what they import of its own.

    Args:
        names: The dotted names in the config.
        sources: The program.
        roots: The folders that its imports are looked for in.

    Returns:
        The modules; and the imports that the other names are, of what is installed here.
    """
    found = [Import(name, 0, certain=False) for name in names if not name.startswith("__main__.")]
    local = {one for root in roots for one in local_imports(found, root)}
    for one in sorted(local, key=lambda one: one.module):
        sources.load(one.module)
    return sources.modules, {one for one in found if one not in local and not missing([one])}
