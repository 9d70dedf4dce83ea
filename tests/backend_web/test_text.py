"""Values, times and log lines as people read them."""

import json
import math

import pytest
from wandb_flyte.backend.web.text import duration, log_line, moment, shown, size


def test_line_of_unended_sequences_is_read_at_once():
    """A long line of terminal sequences that never end is no hours of work."""
    assert log_line("\x1b]" * 200_000)[0].startswith("]" * 5_000)


@pytest.mark.parametrize("read", [shown, lambda text: log_line(text)[0]], ids=["value", "line"])
def test_long_texts_are_cut(read):
    """Of a text of megabytes a page has the beginning, and says how much is missing."""
    assert read("x" * 10_000) == "x" * 10_000
    assert read("x" * 15_000_000) == "x" * 10_000 + "… and 14990000 more characters"


def test_long_structured_lines_are_cut():
    """So it is with a line that comes as JSON, and with a value that is shown as JSON."""
    line = json.dumps({"content": "x" * 20_000, "level": "error"})
    assert log_line(line) == ("x" * 10_000 + "… and 10000 more characters", True)
    assert len(shown([0] * 100_000)) < 10_100


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (0.1, "0.1"),
        (2.0, "2"),
        (1 / 3, "0.3333"),
        (1.5e-7, "1.5e-7"),
        (1e-05, "1e-5"),
        (123456.7, "1.235e5"),
        (1e20, "1e20"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (True, "true"),
        (None, "null"),
        ("adam", "adam"),
        ("", '""'),
        (" ", '" "'),
        ([1, "ü"], '[1, "ü"]'),
        ({"a": None}, '{"a": null}'),
    ],
)
def test_values(value, text):
    """Four digits of a number, no zeros in front of an exponent, visible texts without quotes."""
    assert shown(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "under 1 s"),
        (0, "under 1 s"),
        (0.5, "0.5 s"),
        (6, "6 s"),
        (4.25, "4.2 s"),
        (59, "59 s"),
        (192, "3 min 12 s"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations(seconds, text):
    """Two units at most, and no more digits than are known."""
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (7308, "7.3 kB"),
        (119_700_000, "120 MB"),
        (5e12, "5000 GB"),
    ],
)
def test_sizes(count, text):
    """Two digits or more of the unit that fits."""
    assert size(count) == text


def test_moments():
    """In UTC, to the second."""
    assert moment(0) == "1970-01-01 00:00:00 UTC"


@pytest.mark.parametrize(
    ("line", "text", "error"),
    [
        ("2025-01-31T12:00:00.123456 epoch 1", "epoch 1", False),
        ("2025-01-31T12:00:00Z", "", False),
        ("ERROR 2025-01-31T12:00:00.1 bad", "bad", True),
        ("no stamp", "no stamp", False),
        ('{"level":"error","ts":"x","content":"bad"}', "bad", True),
        ('{"ts":"x","content":"fine"}', "fine", False),
        ('{"loss": 1}', '{"loss": 1}', False),
        ("{broken", "{broken", False),
        ("2025-01-31T12:00:00.1 \x1b[1;31mred\x1b[0m \x1b]0;title\x07end", "red end", False),
    ],
)
def test_log_lines(line, text, error):
    """Stamps and colours go; what went to stderr is told apart."""
    assert log_line(line) == (text, error)
