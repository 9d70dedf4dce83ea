"""Hyperparameters written on the command line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wandb_flyte.cli._values import parse_assignments, parse_value
from wandb_flyte.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-5", 1e-5),
        ("1E5", 1e5),
        (".5", 0.5),
        ("3", 3),
        ("-3", -3),
        ("3.0", 3.0),
        ("true", True),
        ("null", None),
        ("adam", "adam"),
        ("'3'", "3"),
        ("[1, 2]", [1, 2]),
        ("{a: 1}", {"a": 1}),
        ("", None),
    ],
)
def test_values_have_their_types(text: str, value: Any) -> None:
    """A value is what YAML reads, but for exponents without a point, which are numbers."""
    parsed = parse_value(text)

    assert parsed == value
    assert type(parsed) is type(value)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_numbers_survive(number: float) -> None:
    """Every number that Python prints is read back as the same number."""
    assert parse_value(repr(number)) == number


def test_all_findings_at_once() -> None:
    """Unknown and repeated names and words without a value are all reported, with near misses."""
    with pytest.raises(InvalidInput) as caught:
        parse_assignments(["layer=2", "lr", "lr=1", "lr=2", "q=1"], ["lr", "layers"])

    assert str(caught.value).splitlines() == [
        "There is no parameter `layer`. Did you mean `layers`?",
        "`lr` is no NAME=VALUE. Write it as in `lr=0.1`.",
        "`lr` is given twice.",
        "There is no parameter `q`. There are: `lr`, `layers`.",
    ]
