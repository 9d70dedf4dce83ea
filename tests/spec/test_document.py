"""Reading the file: what is no YAML, what YAML hides, and the lines."""

from pathlib import Path

import pytest
from wandb_flyte.errors import InvalidInput
from wandb_flyte.spec import SweepDocument, check_sweep, load_sweep


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def _write(content: str | bytes) -> Path:
        path = Path("sweep.yaml")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write


def refusal(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        load_sweep(path)
    return str(caught.value)


SMALL = "method: random\nparameters:\n  lr:\n    min: 0.1\n    max: 1.0\n"


def test_values_are_read_as_w_and_b_reads_them(write):
    """YAML 1.1: `1e-5` is text, `1.0e-5` a number, `yes` a boolean."""
    doc = load_sweep(write("a: 1e-5\nb: 1.0e-5\nc: yes\nd: [1, 2.5, x, null]\n"))

    assert doc.raw == {"a": "1e-5", "b": 1e-5, "c": True, "d": [1, 2.5, "x", None]}


def test_every_key_and_item_has_its_line(write):
    """Lines count from 1 and stand beside nested keys and list items."""
    doc = load_sweep(write("method: grid\nparameters:\n  a:\n    values:\n      - 1\n      - 2\n"))

    assert doc.lines == {
        ("method",): 1,
        ("parameters",): 2,
        ("parameters", "a"): 3,
        ("parameters", "a", "values"): 4,
        ("parameters", "a", "values", "0"): 5,
        ("parameters", "a", "values", "1"): 6,
    }


def test_a_missing_key_has_the_line_of_what_should_hold_it(write):
    """The line of an absent path is that of the nearest thing around it."""
    doc = load_sweep(write(SMALL))

    assert doc.line(("parameters", "lr", "q")) == 3
    assert doc.line(("nowhere",)) is None


def test_merge_keys_and_aliases_work(write):
    """An anchor used once or twice is no bomb, and its lines are its own."""
    doc = load_sweep(
        write("base: &b {min: 0.1, max: 1.0}\nparameters:\n  lr:\n    <<: *b\n    min: 0.5\n")
    )

    assert doc.raw["parameters"] == {"lr": {"min": 0.5, "max": 1.0}}
    assert doc.line(("parameters", "lr", "max")) == 1
    assert doc.line(("parameters", "lr", "min")) == 5
    assert doc.findings == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "sweep.yaml: It is empty. A sweep config has at least `method` and `parameters`."),
        (
            "- a\n",
            "sweep.yaml: It holds a list, not the keys of a sweep config. "
            "It starts with `method: random`, for example.",
        ),
        (
            "just words\n",
            "sweep.yaml: It holds a single value, not the keys of a sweep config. "
            "It starts with `method: random`, for example.",
        ),
        (
            "method: random\nparameters: [1, 2\nmetric: x\n",
            "sweep.yaml:3: It is not valid YAML: while parsing a flow sequence, "
            "expected ',' or ']', but got ':'.",
        ),
        ("a: *nowhere\n", "sweep.yaml:1: It is not valid YAML: found undefined alias 'nowhere'."),
        ("a: 1\n---\nb: 2\n", "sweep.yaml:2: It is not valid YAML: expected a single document in "
         "the stream, but found another document."),
        (b"a: 1\nb: [\xff\n", "sweep.yaml:2: It is not UTF-8 text. Save it as UTF-8."),
        (b"a: 1\nb: \x00\n", "sweep.yaml:2: It holds the character U+0000, which YAML refuses."),
        (b"#" * (1024 * 1024 + 1), "sweep.yaml: It is larger than 1 MiB. "
         "A sweep config is a short YAML file."),
        ("a: " + "[" * 5000, "sweep.yaml: It is nested too deeply."),
        ("a: !!int x\n", "sweep.yaml: It holds a value that YAML can't read: "
         "invalid literal for int() with base 10: 'x'."),
    ],
    ids=["empty", "list", "scalar", "syntax", "alias", "two documents", "not UTF-8", "NUL",
         "too large", "too deep", "bad int"],
)  # fmt: skip
def test_what_is_no_sweep_config_is_refused(write, content, message):
    """A file that is no YAML mapping gets one sentence with the line, if there is one."""
    assert refusal(write(content)) == message


@pytest.mark.parametrize(
    ("content", "line", "name"),
    [
        ("method: grid\nname: é\n".encode("utf-16"), 1, "é"),
        ("method: grid\nname: é\n".encode("latin-1"), 2, "é"),
    ],
)
def test_in_another_encoding_the_rest_is_read_all_the_same(write, content, line, name):
    """What else is wrong is told at once; W&B reads no such file."""
    doc = load_sweep(write(content))

    assert doc.raw == {"method": "grid", "name": name}
    assert [str(one) for one in doc.findings] == [
        f"{doc.path}:{line}: It is not UTF-8 text. Save it as UTF-8."
    ]


def test_no_such_file(tmp_path):
    """A missing file is named, with what to give instead."""
    path = tmp_path / "none.yaml"

    assert refusal(path) == f"{path}: There is no such file. Give the path of a W&B sweep config."


@pytest.mark.parametrize(
    ("given", "there", "meant"),
    [
        ("sweep.yml", "sweep.yaml", True),
        ("sweeps.yaml", "sweep.yaml", True),
        ("nope.yaml", "sweep.yaml", False),
        ("sweep.yaml", "sweep.txt", False),
    ],
)
def test_a_file_of_much_the_same_name(tmp_path, given, there, meant):
    """Another ending, or a letter more: the file that is there is named."""
    (tmp_path / there).write_text(SMALL)

    said = refusal(tmp_path / given)

    hint = (
        f"Did you mean `{tmp_path / there}`?" if meant else "Give the path of a W&B sweep config."
    )
    assert said == f"{tmp_path / given}: There is no such file. {hint}"


def test_a_folder_is_refused(tmp_path):
    """A folder is no file."""
    assert refusal(tmp_path) == f"{tmp_path}: It can't be read: Is a directory."


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(8)
)
MERGE_BOMB = "a: &a {x: 1}\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)}\n  <<: [{', '.join(['*' + chr(97 + i)] * 10)}]\n"
    for i in range(8)
)


@pytest.mark.parametrize(
    "content",
    [BOMB, MERGE_BOMB, "a: &a [*a]\n", "a: &a {b: *a}\n", "a: &a\n  <<: *a\n"],
    ids=["lists", "merges", "list in itself", "mapping in itself", "merge with itself"],
)
def test_alias_bombs_and_loops_are_refused(write, content):
    """Aliases that multiply or contain themselves are refused before they are expanded."""
    message = refusal(write(content))

    assert message.startswith("sweep.yaml:")
    assert message.endswith(
        ": Its aliases (`*name`) stand for too much, or for themselves. Write the values out."
    )


def texts(doc: SweepDocument) -> list[str]:
    return [str(finding) for finding in check_sweep(doc)]


def test_a_duplicate_key_is_found(write):
    """YAML keeps the last of two equal keys silently; the finding names both lines."""
    doc = load_sweep(write(SMALL + "    min: 0.2\nmethod: grid\n"))

    assert [str(finding) for finding in doc.findings] == [
        "sweep.yaml:6: parameters.lr.min: `min` is given twice, first in line 4. "
        "Keep one of the two.",
        "sweep.yaml:7: method: `method` is given twice, first in line 1. Keep one of the two.",
    ]


def test_tags_are_found_and_never_obeyed(write):
    """A Python tag runs nothing and is a finding; so is any other tag of its own."""
    doc = load_sweep(
        write(SMALL + 'name: !!python/object/apply:os.system ["touch owned"]\nproject: !mine x\n')
    )

    assert texts(doc) == [
        "sweep.yaml:6: name: The YAML tag `!!python/object/apply:os.system` "
        "is not read in a sweep config. Write the value plainly.",
        'sweep.yaml:6: name: `["touch owned"]` is not text. '
        'Write it in quotes: `name: "["touch owned"]"`.',
        "sweep.yaml:7: project: The YAML tag `!mine` is not read in a sweep config. "
        "Write the value plainly.",
    ]
    assert not Path("owned").exists()


def test_a_date_and_a_name_that_is_no_text_are_found(write):
    """YAML turns `on` into true and 2024-01-01 into a date; both are found with their quotes."""
    doc = load_sweep(
        write("method: grid\nparameters:\n  on: {value: 1}\n  day: {values: [2024-01-01]}\n")
    )

    assert texts(doc) == [
        "sweep.yaml:3: parameters: The name `on` is a boolean to YAML, not text. "
        'Write it in quotes: `"on"`.',
        "sweep.yaml:4: parameters.day.values.0: `2024-01-01` is a date to YAML. "
        'Write it in quotes: `"2024-01-01"`.',
    ]
