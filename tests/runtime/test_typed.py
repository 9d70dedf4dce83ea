"""What an objective gets for a hyperparameter whose annotation is an enum or a dataclass."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum, auto
from typing import Any

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.trials._typed import as_typed, whole_config


class Optimizer(Enum):
    SGD = "sgd"
    ADAM = "adam"


class Swapped(Enum):
    A = "B"
    B = "A"


class Depth(IntEnum):
    SHALLOW = 1
    DEEP = 8


class Loss(StrEnum):
    L1 = auto()


@dataclass(frozen=True)
class Inner:
    opt: Optimizer | None


@dataclass(frozen=True)
class Params:
    opt: Optimizer
    net: Inner


@pytest.mark.parametrize(
    ("annotation", "value", "wanted"),
    [
        (Optimizer, "adam", Optimizer.ADAM),
        (Optimizer, "ADAM", Optimizer.ADAM),
        (Optimizer, Optimizer.SGD, Optimizer.SGD),
        (Swapped, "A", Swapped.B),
        (Depth, 8, Depth.DEEP),
        (Depth, "DEEP", Depth.DEEP),
        (Loss, "l1", Loss.L1),
        (Optimizer | None, "sgd", Optimizer.SGD),
        (Optimizer | None, None, None),
        (Optimizer | str, "other", "other"),
        (str, "sgd", "sgd"),
        (list[Optimizer], ["sgd"], ["sgd"]),
        (None, "sgd", "sgd"),
    ],
)
def test_a_value_is_the_member_that_it_stands_for(
    annotation: Any, value: object, wanted: object
) -> None:
    """By its value, else by its name; what is annotated otherwise stays as it is."""
    found = as_typed("opt", annotation, value)
    assert (found, type(found)) == (wanted, type(wanted))


def test_fields_of_a_dataclass_are_members_too() -> None:
    """Nested or not."""
    assert whole_config(Params, None, {"opt": "sgd", "net": {"opt": "adam"}}, None) == Params(
        Optimizer.SGD, Inner(Optimizer.ADAM)
    )


@pytest.mark.parametrize("annotation", [Optimizer, Optimizer | None])
def test_a_value_of_no_member_is_told(annotation: Any) -> None:
    """With the values that there are."""
    with pytest.raises(UserError) as told:
        as_typed("opt", annotation, "lion")
    assert str(told.value) == (
        "`opt` is `lion`, which is no `Optimizer`.\nIts values are `sgd`, `adam`."
    )


@dataclass(frozen=True)
class Flat:
    a_b: int
    _u: int
    _d: int


def test_fields_have_pythons_names() -> None:
    """One underscore of several at the beginning, since a class takes two for its own."""
    made = whole_config(Flat, None, {"a-b": 1, "_u": 2, "__d": 3}, None)
    assert made == Flat(1, 2, 3)


def test_two_names_of_one_field_are_refused() -> None:
    """Which of both values it should be nobody can tell."""
    with pytest.raises(UserError) as told:
        whole_config(Flat, None, {"a-b": 1, "a_b": 2, "_u": 2, "_d": 3}, None)
    assert str(told.value) == (
        "`a-b` and `a_b` are both `a_b` in `Flat`.\nRename one of them in the sweep config."
    )
