"""Charts as geometry: everything inside the picture, readable marks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wandb_flyte.backend.web.charts import Point, chart

NUMBERS = st.floats(allow_nan=False)


@given(points=st.lists(st.tuples(NUMBERS, NUMBERS), max_size=20))
def test_every_dot_and_mark_is_inside(points):
    """Whatever the values: equal ones, huge ones, infinite ones, none at all."""
    drawn = chart("t", [Point(x, y) for x, y in points], line=points, size=(300, 200))

    for dot in drawn.dots:
        assert drawn.left <= dot.x <= 300 - drawn.right
        assert drawn.top <= dot.y <= 200 - drawn.bottom
    assert len(drawn.x_ticks) <= 6
    assert len(drawn.y_ticks) <= 6
    for tick in drawn.y_ticks:
        assert drawn.top - 1 <= tick.at <= 200 - drawn.bottom + 1


@pytest.mark.parametrize("lowest", [2.2250738585e-313, 5e-324, 1.0])
@pytest.mark.parametrize("highest", [1.0, 1e200])
def test_values_at_the_ends_of_what_a_float_holds(lowest, highest):
    """Marks on a logarithmic axis are numbers that a float holds."""
    drawn = chart("t", [Point(1, highest), Point(2, lowest)], size=(300, 200))
    assert len(drawn.dots) == 2


def test_up_is_up():
    """A larger value stands higher, a later one further right."""
    low, high = chart("t", [Point(1, 1), Point(2, 5)]).dots

    assert high.y < low.y
    assert high.x > low.x


def test_marks_are_round_numbers():
    """Steps of 1, 2 or 5."""
    drawn = chart("t", [Point(1, 0.07), Point(31, 1.17)])

    assert [tick.label for tick in drawn.x_ticks] == ["0", "10", "20", "30"]
    assert [tick.label for tick in drawn.y_ticks] == ["0.2", "0.4", "0.6", "0.8", "1", "1.2"]


def test_values_over_decades_are_drawn_by_their_logarithms():
    """Learning rates stand evenly apart."""
    drawn = chart("t", [Point(10.0**-n, 1) for n in range(1, 6)])

    steps = [a.x - b.x for a, b in zip(drawn.dots, drawn.dots[1:], strict=False)]
    assert steps == pytest.approx([steps[0]] * 4)
    assert [tick.label for tick in drawn.x_ticks] == ["1e-5", "0.0001", "0.001", "0.01", "0.1"]


def test_an_axis_that_is_kept_even():
    """What is drawn evenly from 0 on stands evenly, also where one value is close to 0."""
    drawn = chart("t", [Point(n / 4 or 1e-5, 1) for n in range(5)], even=True)

    assert [tick.label for tick in drawn.x_ticks] == ["0", "0.2", "0.4", "0.6", "0.8", "1"]


def test_names_stand_beside_each_other():
    """A categorical axis in alphabetical order; of very many names only some are written."""
    drawn = chart("t", [Point("b", 1), Point("a", 2), Point("b", 3)])
    assert [tick.label for tick in drawn.x_ticks] == ["a", "b"]
    assert drawn.dots[0].x == drawn.dots[2].x > drawn.dots[1].x

    assert len(chart("t", [Point(f"n{i}", i) for i in range(200)]).x_ticks) <= 50


@pytest.mark.parametrize(
    ("stepped", "letters"), [(True, "MHVHV"), (False, "MLL")], ids=["stepped", "straight"]
)
def test_lines(stepped, letters):
    """Straight from corner to corner, or keeping each value until the next."""
    drawn = chart("t", [], line=[(0, 1), (1, 2), (2, 3)], stepped=stepped)

    assert "".join(char for char in drawn.path if char.isalpha()) == letters


def test_every_name_is_written():
    """Ten optimizers in a small chart: at an angle, below the dots, each apart from the next."""
    names = [f"optimizer-{letter}" for letter in "abcdefghij"]
    drawn = chart("t", [Point(name, 1) for name in names], size=(300, 170))

    assert [tick.label for tick in drawn.x_ticks] == names
    assert drawn.slanted
    assert drawn.height - drawn.bottom == 170 - 24
    assert all(b.at - a.at > 11 for a, b in pairwise(drawn.x_ticks))
    assert not chart("t", [Point("a", 1), Point("b", 2)], size=(300, 170)).slanted


@pytest.mark.parametrize("last", [1, 2, 3])
def test_whole_numbers_have_whole_marks(last):
    """There is no trial 1.2, and no step 0.4."""
    drawn = chart("t", [Point(x, 5) for x in range(1, last + 1)])

    assert [tick.label for tick in drawn.x_ticks] == [str(n) for n in range(1, last + 1)]
    assert [tick.label for tick in drawn.y_ticks] == ["5"]


def test_long_marks_have_room():
    """Small values have long marks; the drawing begins to their right."""
    drawn = chart("t", [Point(0, -0.00037094)], size=(360, 180))

    longest = max(len(tick.label) for tick in drawn.y_ticks)
    assert longest >= len("-0.00037")
    assert drawn.left - 8 >= 6 * longest
