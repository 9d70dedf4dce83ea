"""What is read from an objective's source, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from wandb_flyte.errors import InvalidInput
from wandb_flyte.generate.user_code.objective import Objective, ObjectiveRef, read_objective

Write = Callable[[str, str], Path]


@pytest.fixture
def read(write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Objective]:
    """Reads the objective `f` of a source text."""
    monkeypatch.chdir(tmp_path)

    def read_text(text: str, name: str = "f") -> Objective:
        write("train.py", text)
        return read_objective(ObjectiveRef(Path("train.py"), name))

    return read_text


@pytest.mark.parametrize(
    ("signature", "shape", "arguments"),
    [
        ("def f(): ...", "none", []),
        ("async def f(): ...", "none", []),
        ("def f(config): ...", "config", [("config", True)]),
        ("def f(cfg, verbose=False): ...", "config", [("cfg", True)]),
        ("def f(c: dict[str, float]): ...", "config", [("c", True)]),
        ("def f(c: 'Mapping[str, float]'): ...", "config", [("c", True)]),
        ("def f(c: typing.Mapping[str, float]): ...", "config", [("c", True)]),
        ("class C: ...\ndef f(c: C): ...", "config", [("c", True)]),
        ("def f(lr): ...", "parameters", [("lr", True)]),
        ("def f(lr, *, depth=2): ...", "parameters", [("lr", True), ("depth", False)]),
        ("def f(*, lr, depth=2): ...", "parameters", [("lr", True), ("depth", False)]),
        ("def f(**values): ...", "parameters", []),
        ("if True:\n    def f(lr=0.1): ...", "parameters", [("lr", False)]),
    ],
)
def test_a_signature_has_a_shape(
    read: Callable[..., Objective], signature: str, shape: str, arguments: list[tuple[str, bool]]
) -> None:
    """How the agent will call an objective is read from its signature."""
    objective = read(signature)

    assert objective.shape == shape
    assert [(argument.name, argument.required) for argument in objective.arguments] == arguments


def test_a_class_of_another_file_is_a_config(read: Callable[..., Objective], write: Write) -> None:
    """As the `Params` of a project's params.py; a type of a library's is none."""
    write("own.py", "class Params:\n    lr: float\n\n\nRate = float\n")

    assert read("from own import Params\ndef f(p: Params): ...").shape == "config"
    assert read("from own import Params as P\ndef f(p: 'P'): ...").shape == "config"
    assert read("from own import Rate\ndef f(lr: Rate): ...").shape == "parameters"
    assert read("from typing import Any\ndef f(lr: Any): ...").shape == "parameters"


@pytest.mark.parametrize(
    ("body", "returns"),
    [("return 1.0", True), ("return", False), ("return None", False), ("g = lambda: 1", False)],
)
def test_only_a_value_of_its_own_is_returned(
    read: Callable[..., Objective], body: str, returns: bool
) -> None:
    """A bare return, and one of a function inside, return nothing."""
    assert read(f"def f():\n    {body}\n").returns_value is returns


def test_the_source_is_kept_byte_for_byte(read: Callable[..., Objective], tmp_path: Path) -> None:
    """The file's bytes are what will be the project's objective.py, odd line ends included."""
    (tmp_path / "train.py").write_bytes(b"# coding: latin-1\r\ndef f():\r\n    return '\xe9'\r\n")

    source = read_objective(ObjectiveRef(Path("train.py"), "f")).source

    assert source == (tmp_path / "train.py").read_bytes()


def test_the_code_is_never_run(read: Callable[..., Objective], tmp_path: Path) -> None:
    """Reading an objective imports nothing of it."""
    read("import pathlib\npathlib.Path('ran').touch()\ndef f(): ...")

    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "train.py: There is no function `f`. It has no function at all."),
        ("def g(): ...", "train.py: There is no function `f`. It has `g`."),
        ("def ff(): ...", "train.py: There is no function `f`. Did you mean `train.py:ff`?"),
        (
            "\nf = lambda: 1",
            "train.py:2: `f` is assigned a value, so it can't be the objective. "
            "Name a function that this file defines with `def f(...)`.",
        ),
        (
            "class f: ...",
            "train.py:1: `f` is a class, so it can't be the objective. "
            "Name a function that makes a `f` and trains it.",
        ),
        (
            "from other import f",
            "train.py:1: `f` is imported from another file, so it can't be the objective. "
            "Name a function that this file defines with `def f(...)`.",
        ),
        (
            "class A:\n    def f(self): ...",
            "train.py:2: `f` is a method of the class `A`. "
            "The objective has to be a function of its own, at the top of the file.",
        ),
        (
            "def make():\n    def f(): ...",
            "train.py:2: `f` is defined inside `make`. "
            "The objective has to be a function of its own, at the top of the file.",
        ),
        (
            "def f():\n    yield 1",
            "train.py:1: `f` is a generator: calling it runs nothing. "
            "Log what it yields, and return the metric.",
        ),
        (
            "@env.task(retries=3)\ndef f(): ...",
            "train.py:1: `f` is a Flyte task; a trial needs a plain function. "
            "Take `@env.task` away: the project brings the tasks.",
        ),
        (
            "def f(lr, /): ...",
            "train.py:1: `lr` of `f` can't be given by name. Take the `/` out of its signature.",
        ),
        ("def g():\n    return (", "train.py:2: Python can't read it: '(' was never closed."),
        ("def f():\npass", None),
        ("x = " + "(" * 3000, None),
    ],
)
def test_what_can_not_be_called_is_refused(
    read: Callable[..., Objective], text: str, message: str | None
) -> None:
    """A function that no trial could call is one finding, with its line."""
    with pytest.raises(InvalidInput) as caught:
        read(text)

    assert len(caught.value.findings) == 1
    assert message is None or str(caught.value) == message


def test_a_file_has_to_be_there(tmp_path: Path) -> None:
    """A missing file, a folder and a notebook are refused by name."""
    messages = []
    for name in ("gone.py", "folder", "book.ipynb"):
        (tmp_path / "folder").mkdir(exist_ok=True)
        with pytest.raises(InvalidInput) as caught:
            read_objective(ObjectiveRef(tmp_path / name, "f"))
        messages.append(str(caught.value).removeprefix(f"{tmp_path}/"))

    assert messages == [
        "gone.py: There is no such file. Give the objective as `FILE:NAME`.",
        "folder: It can't be read: Is a directory.",
        "book.ipynb: A notebook can't be an objective's file. Put the function into a `.py` file.",
    ]


@pytest.mark.parametrize("data", [b"\x00", b"\xff\xfe\x00", b"# coding: nonsense\n"])
def test_bytes_that_are_no_python_are_refused(tmp_path: Path, data: bytes) -> None:
    """A file that Python can't decode is a finding, not a traceback."""
    (tmp_path / "train.py").write_bytes(data)

    with pytest.raises(InvalidInput, match="Python can't read it"):
        read_objective(ObjectiveRef(tmp_path / "train.py", "f"))


def test_a_reference_is_a_file_and_a_name() -> None:
    """The last colon separates the two."""
    assert ObjectiveRef.parse("C:/x/train.py:f") == ObjectiveRef(Path("C:/x/train.py"), "f")


@pytest.mark.parametrize("text", ["train.py", "train.py:", ":f", "train.py:f()", ""])
def test_any_other_reference_is_refused(text: str) -> None:
    """What is not FILE:NAME is said to be that."""
    with pytest.raises(InvalidInput) as caught:
        ObjectiveRef.parse(text)

    assert str(caught.value) == (
        f"The objective `{text}` is not of the form `FILE:NAME`. "
        "Write it like `train.py:objective`."
    )
