"""Sweep configs in JSON files, read as JSON has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from wandb_flyte.errors import InvalidInput
from wandb_flyte.spec import check_sweep, load_sweep

Write = Callable[[str], Path]
SMALL = '{\n\t"method": "random",\n\t"parameters": {"lr": {"min": 1e-5, "max": 1E-2}}\n}\n'


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a `sweep.json`."""
    monkeypatch.chdir(tmp_path)

    def _write(content: str) -> Path:
        path = Path("sweep.json")
        path.write_text(content)
        return path

    return _write


def test_numbers_tabs_and_escapes_are_those_of_json(write: Write) -> None:
    """`1e-5` is a number, a tab is a space, and two escapes may be one character."""
    document = load_sweep(write(SMALL.replace("random", "random\\ud83d\\ude00")))

    assert document.raw["parameters"] == {"lr": {"min": 1e-5, "max": 1e-2}}
    assert document.raw["method"] == "random\U0001f600"


def test_nothing_is_wrong_with_it(write: Write) -> None:
    """The checks see the numbers, too."""
    assert check_sweep(load_sweep(write(SMALL))) == []


def test_the_name_may_be_in_capitals(tmp_path: Path) -> None:
    """A `SWEEP.JSON` is JSON too."""
    file = tmp_path / "SWEEP.JSON"
    file.write_text('{"lr": 1e-5}')

    assert load_sweep(file).raw == {"lr": 1e-5}


def test_in_a_project_it_is_yaml_with_the_same_values(write: Write) -> None:
    """A project's sweep.yaml is read as YAML by everyone."""
    document = load_sweep(write(SMALL))

    assert yaml.safe_load(document.to_yaml()) == document.raw


def test_every_key_and_item_has_its_line(write: Write) -> None:
    """Lines count from 1, also behind texts that hold brackets."""
    text = '{"name": "a ]}\\" b",\n "parameters":\n {"a": {"values": [1,\n [2], "x"]},\n "b": {}}}'

    assert load_sweep(write(text)).lines == {
        ("name",): 1,
        ("parameters",): 2,
        ("parameters", "a"): 3,
        ("parameters", "a", "values"): 3,
        ("parameters", "a", "values", "0"): 3,
        ("parameters", "a", "values", "1"): 4,
        ("parameters", "a", "values", "1", "0"): 4,
        ("parameters", "a", "values", "2"): 4,
        ("parameters", "b"): 5,
    }


def test_a_key_that_is_given_twice(write: Write) -> None:
    """The last value counts, as everywhere in JSON, and it is told; the same one does no harm."""
    document = load_sweep(write('{"method": "grid",\n"method": "random",\n"name": 1, "name": 1}'))

    assert document.raw == {"method": "random", "name": 1}
    assert [str(finding) for finding in document.findings] == [
        "sweep.json:2: method: `method` is given twice, first in line 1. Keep one of the two."
    ]


def test_a_number_in_quotes(write: Write) -> None:
    """It is text, and the hint is one that holds in JSON."""
    (finding,) = check_sweep(load_sweep(write(SMALL.replace("1e-5", '"1e-5"'))))

    assert str(finding) == (
        "sweep.json:3: parameters.lr.min: `1e-5` is text, not a number. Write it without quotes."
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (" \n", ": It is empty. A sweep config has at least `method` and `parameters`."),
        ('{"a"\n 1}', ":2: It is not valid JSON: Expecting ':' delimiter."),
        ('{"a": 1,\n"b": no}', ":2: It is not valid JSON: Expecting value."),
        (
            "[1]",
            ": It holds a list, not the keys of a sweep config. "
            'It starts with `{"method": "random"`, for example.',
        ),
        ('{"a": NaN}', ": It holds a value that JSON can't read: `NaN` is no number."),
        ('{"a": "\\ud800"}', ": It holds half of a character, `\\ud800` or the like."),
        ("[" * 100_000, ": It is nested too deeply."),
    ],
)
def test_what_is_refused(write: Write, content: str, message: str) -> None:
    """With the file, and the line where it is known."""
    with pytest.raises(InvalidInput) as caught:
        load_sweep(write(content))

    assert str(caught.value) == f"sweep.json{message}"
