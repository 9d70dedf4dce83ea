"""A metric's value in every form in which a run's summary and history hold it."""

import math

import pytest
from wandb_flyte.backend import historykeys, jsontext
from wandb_flyte.backend.metrics import best_value, final_value
from wandb_flyte.spec import Metric

LEAST, GREATEST = Metric("val.loss"), Metric("val.loss", goal="maximize")


@pytest.mark.parametrize(
    ("value", "least", "greatest"),
    [
        (3, 3.0, 3.0),
        ({"min": 0.0, "max": 0.2}, 0.0, 0.2),
        ({"max": 0.2, "best": 0.1, "last": 0.15}, 0.1, 0.2),
        ({"mean": 0.4, "last": 0.15}, 0.15, 0.15),
        ({"mean": 0.4}, 0.4, 0.4),
        ({"max": 0.2}, 0.2, 0.2),
        ({"mean": 0.4, "std": 0.1}, None, None),
        (math.inf, None, None),
        ({"min": -math.inf}, None, None),
        (10**400, None, None),
        (math.nan, None, None),
        ("NaN", None, None),
        (True, None, None),
        (None, None, None),
        ({}, None, None),
    ],
)
def test_final_value(value, least, greatest):
    """One finite number: nested or under the whole name, of several the one that the goal wants."""
    for summary in ({"val.loss": value}, {"val": {"loss": value}}):
        assert (final_value(LEAST, summary), final_value(GREATEST, summary)) == (least, greatest)


def test_no_value_is_none():
    """A summary without the metric has no value of it, whatever else is nested there."""
    for summary in ({}, {"val": 3}, {"val": {"acc": 1}}, {"loss": 1}):
        assert final_value(LEAST, summary) is None


@pytest.mark.parametrize(
    ("logged", "final", "least", "greatest"),
    [
        ([0.5, 0.1, 0.9], 0.9, 0.1, 0.9),
        ([0.5, -math.inf, math.inf], math.inf, 0.5, 0.5),
        ([math.inf], None, None, None),
        ([], 0.4, 0.4, 0.4),
    ],
)
def test_best_value(logged, final, least, greatest):
    """The best finite value of the rows and the summary."""
    keys = jsontext.dumps(historykeys.count({"val": {"loss": value}} for value in logged))
    summary = {"val": {"loss": final}}
    assert best_value(LEAST, keys, summary) == least
    assert best_value(GREATEST, keys, summary) == greatest
