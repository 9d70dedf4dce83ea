"""Texts that a program puts together, and whether a name can be one of them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from wandb_flyte.analysis.metrics.log_keys import fits

PARTS = st.lists(st.text(alphabet="ab._*\\\n", max_size=3), min_size=1, max_size=4)


@given(PARTS, st.text(alphabet="ab._*\\\n", max_size=8))
def test_a_pattern_fits_what_its_expression_matches(parts: list[str], name: str) -> None:
    """As Python's regular expressions have it, escapes and line ends included."""
    made = ".*".join(map(re.escape, parts))

    assert fits(made, name) == bool(re.fullmatch(made, name, re.DOTALL))


def test_a_pattern_of_many_parts_takes_no_time() -> None:
    """Where a regular expression would try for ever."""
    assert not fits(".*_" * 40 + "x", "_" * 10_000)
    assert fits(".*_" * 40 + "x", "_" * 10_000 + "x")
