"""What the distributions give, beside being W&B's (tests/engine): edges, inverses, grids."""

import builtins
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wandb_flyte.errors import UserError
from wandb_flyte.spec import Distribution, parse_sweep


def distribution(spec: dict, method: str = "random") -> Distribution:
    return parse_sweep({"method": method, "parameters": {"x": spec}}).parameters[0].distribution


SPECS = json.loads((Path(__file__).parents[1] / "engine" / "distributions.json").read_text())


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
@given(u=st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_every_quantile_is_a_value_that_json_carries(spec, u):
    """Up to the edges of the interval: finite, and one that `unit` finds again."""
    dist = distribution(spec)
    value = dist.quantile(u)

    assert json.loads(json.dumps(value, allow_nan=False)) == value
    position = dist.unit(value)
    assert position is not None
    assert 0 < position < 1


@pytest.mark.parametrize(
    "spec", [spec for name, spec in SPECS.items() if not name.startswith("q_")]
)
@pytest.mark.parametrize("u", [0.03, 0.4, 0.5, 0.97])
def test_unit_is_the_inverse_of_quantile(spec, u):
    """The value at `unit(value)` is the value; for quantized ones it may be a neighbour."""
    dist = distribution(spec)
    value = dist.quantile(u)

    again = dist.quantile(dist.unit(value))

    assert again == value or again == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        ({"value": 3}, 4),
        ({"values": [1, 2]}, 3),
        ({"values": [1, 2], "probabilities": [0.5, 0.5]}, "1"),
        ({"min": 1, "max": 5}, 6),
        ({"min": 1, "max": 5}, "3"),
        ({"min": 1.0, "max": 5.0}, None),
        ({"distribution": "log_uniform_values", "min": 1, "max": 5}, -1),
        ({"distribution": "normal"}, "x"),
        ({"distribution": "beta"}, -0.5),
    ],
)
def test_a_value_that_is_never_drawn_has_no_unit(spec, value):
    """A run may hold any config; what this distribution does not take is told apart."""
    assert distribution(spec).unit(value) is None


def test_integers_include_both_limits():
    """The edges of the interval give min and max, never min - 1."""
    dist = distribution({"min": 1, "max": 3})

    assert [dist.quantile(u) for u in (1e-300, 1 / 3, 0.34, math.nextafter(1, 0))] == [1, 1, 2, 3]


def test_a_value_without_probability_is_never_drawn():
    """Neither inside nor at the edge where rounding leaves a gap."""
    dist = distribution({"values": [1, 2, 3], "probabilities": [0.0, 1.0, 0.0]})

    assert {dist.quantile(u) for u in (1e-300, 0.5, math.nextafter(1, 0))} == {2}


def test_exponentials_stay_finite():
    """Exponents past the largest float give the largest float."""
    dist = distribution({"distribution": "log_uniform", "min": 0, "max": 5000})

    assert dist.quantile(0.9) == pytest.approx(sys.float_info.max)


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        ({"value": [1, 2]}, [[1, 2]]),
        ({"values": ["b", "a"]}, ["b", "a"]),
        ({"values": [1, 1.0, True, "1", 2]}, [1, True, "1", 2]),
        ({"values": [{"a": 1, "b": 2}, {"b": 2, "a": 1.0}]}, [{"a": 1, "b": 2}]),
        ({"min": 3, "max": 6}, [3, 4, 5, 6]),
        ({"distribution": "q_uniform", "min": 0, "max": 10, "q": 4}, [0, 4, 8]),
        ({"distribution": "q_uniform", "min": 0, "max": 8, "q": 4}, [0, 4]),
        # numpy.arange(0.5, 3.2, 0.3) and numpy.arange(1, 2, 0.7), to the last digit.
        (
            {"distribution": "q_uniform", "min": 0.5, "max": 2.0, "q": 0.3},
            [0.5, 0.8, 1.1, 1.4, 1.7],
        ),
        ({"distribution": "q_uniform", "min": 1, "max": 2, "q": 0.7}, [1.0, 1.7]),
    ],
)
def test_grid_values(spec, values):
    """Each value once, equal as W&B compares; q_uniform leaves max out, int_uniform does not."""
    listed = list(distribution(spec, "grid").grid_values())

    assert listed == pytest.approx(values) if isinstance(values[0], float) else listed == values
    assert [type(value) for value in listed] == [type(value) for value in values]


def test_a_huge_grid_is_not_kept_in_memory():
    """A billion values are counted and picked from, not listed."""
    for spec in (
        {"min": 0, "max": 10**9 - 1},
        {"distribution": "q_uniform", "min": 0, "max": 1, "q": 1e-9},
    ):
        values = distribution(spec, "grid").grid_values()
        assert len(values) == 10**9
        assert sys.getsizeof(values) < 1000
        assert values[-1] == pytest.approx(values[len(values) - 1])
        assert list(values[2:4]) == pytest.approx([values[2], values[3]])
        with pytest.raises(IndexError):
            values[10**9]


def test_beta_without_scipy_says_what_to_install(monkeypatch):
    """Only the beta distributions need scipy; without it they say so."""
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "scipy":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)

    with pytest.raises(UserError) as caught:
        distribution({"distribution": "beta"}).quantile(0.5)
    assert caught.value.message == (
        "The distributions `beta` and `q_beta` need scipy, which is not installed."
    )
    assert caught.value.hint == "pip install 'wandb-flyte[local]'"


def test_the_package_loads_nothing_heavy():
    """Importing it loads no yaml, no statistics, no numpy."""
    code = (
        "import sys, wandb_flyte.spec;"
        "heavy = {'yaml', 'statistics', 'numpy', 'scipy', 'difflib', 'wandb'};"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
