"""Classes whose objects nobody but the program asks for attributes of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .kinds import full_name
from .scopes import Scopes

# Bases of packages that look at no attributes of their own accord.
PLAIN_BASES = frozenset(
    {
        *("ABC", "Module", "abc.ABC", "nn.Module", "object", "torch.nn.Module", "typing.Generic"),
        *("torch.nn.modules.Module", "torch.nn.modules.module.Module", "typing.Protocol"),
        *("torch.utils.data.Dataset", "torch.utils.data.IterableDataset"),
        *("torch.utils.data.dataset.Dataset", "torch.utils.data.dataset.IterableDataset"),
    }
)

# Bases that make their objects of the fields that a class names.
_FIELDS = frozenset(
    {
        *("BaseModel", "BaseSettings", "Enum", "NamedTuple", "Protocol", "Struct", "TypedDict"),
        *("Generic", "dict", "IntEnum", "StrEnum"),
    }
)


def makers_of(owner: ast.ClassDef, scopes: Scopes) -> set[str]:
    """The bases of other packages that take what a class is called with; none with its own init."""
    if scopes.inherited_init(owner) is not None:
        return set()
    bases = {base for one in scopes.line_of(owner) for base in _foreign(one, scopes)} - PLAIN_BASES
    return {base for base in bases if base.rpartition(".")[2] not in _FIELDS}


def looking_bases(owner: ast.ClassDef, scopes: Scopes) -> set[str]:
    """The bases of other packages that may look at the attributes of a class's objects.

    Those of the classes that it derives from, and of those that derive from it, count too.

    Args:
        owner: The class.
        scopes: The program.
    """
    related = scopes.related_to(owner)
    classes = [one for many in scopes.classes.values() for one in many if id(one) in related]
    return {base for one in classes for base in _foreign(one, scopes)} - PLAIN_BASES


def _foreign(owner: ast.ClassDef, scopes: Scopes) -> Iterator[str]:
    around = scopes.defined_in(owner)
    for base in owner.bases:
        named = base.value if isinstance(base, ast.Subscript) else base
        own = scopes.resolve(named, around) if around is not None else []
        if not any(isinstance(one, ast.ClassDef) and one is not owner for one in own):
            yield full_name(named, around.module.outside if around is not None else {})
