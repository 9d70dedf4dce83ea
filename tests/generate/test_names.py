"""Names that a project can have, and what is said about the others."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wandb_flyte.generate.names import (
    check_project_name,
    check_sweep_name,
    package_name,
    suggest_name,
)

RULE = "Use ASCII letters and digits with single `-` or `_` between them, letters first: "


@pytest.mark.parametrize("name", ["demo", "my-sweep", "a_b-c", "Resnet50", "x" * 40])
def test_a_plain_name_is_fine(name: str) -> None:
    """A name that is a package's, up to its dashes and case, has no finding."""
    assert check_project_name(name) == []


def test_a_package_has_underscores_and_no_capitals() -> None:
    """The package's name is the project's in Python's own style."""
    assert package_name("My-sweep_2") == "my_sweep_2"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("class", "The project name `class` is a Python keyword. Try `class-sweep`."),
        ("None", "The project name `None` is a Python keyword. Try `none-sweep`."),
        (
            "json",
            "The project name `json` would hide the module `json` of Python's standard library. "
            "Try `json-sweep`.",
        ),
        (
            "Wandb",
            "The project name `Wandb` would hide the installed package `wandb`. Try `wandb-sweep`.",
        ),
        (
            "flyte",
            "The project name `flyte` would hide the installed package `flyte`. Try `flyte-sweep`.",
        ),
        (
            "wandb-flyte",
            "The project name `wandb-flyte` would collide with `wandb_flyte`, which projects "
            "have anyway. Try `wandb-flyte-sweep`.",
        ),
        (
            "tests",
            "The project name `tests` would collide with `tests`, which projects have anyway. "
            "Try `tests-sweep`.",
        ),
        (
            "Program",
            "The project name `Program` would collide with `program`, which projects have anyway. "
            "Try `program-sweep`.",
        ),
        (
            "dist",
            "The project name `dist` would collide with `dist`, which projects have anyway. "
            "Try `dist-sweep`.",
        ),
        ("2fast", f"The project name `2fast` can't be a Python package's. {RULE}`fast`."),
        ("my sweep", f"The project name `my sweep` can't be a Python package's. {RULE}`my-sweep`."),
        ("a.b", f"The project name `a.b` can't be a Python package's. {RULE}`a-b`."),
        ("../up", f"The project name `../up` can't be a Python package's. {RULE}`up`."),
        ("", "The project name is empty. Give one, such as `my-sweep`."),
        ("-x", f"The project name `-x` can't be a Python package's. {RULE}`x`."),
        ("a__b", f"The project name `a__b` can't be a Python package's. {RULE}`a-b`."),
        ("naïve", f"The project name `naïve` can't be a Python package's. {RULE}`naive`."),
        (
            "\uff46\uff4c\uff59\uff54\uff45",
            "The project name `\uff46\uff4c\uff59\uff54\uff45` can't be a Python package's. "
            f"{RULE}`flyte-sweep`.",
        ),
        (
            "\u0440\u0430\u0431",
            f"The project name `\u0440\u0430\u0431` can't be a Python package's. {RULE}`my-sweep`.",
        ),
        ("a\nb", f"The project name `a\\nb` can't be a Python package's. {RULE}`a-b`."),
        ("x" * 41, f"The project name `{'x' * 41}` has 41 characters. Use at most 40."),
    ],
)
def test_any_other_name_is_one_finding(name: str, message: str) -> None:
    """A name that can't be a project's is told so, with the reason and a name that can."""
    assert [str(finding) for finding in check_project_name(name)] == [message]


@pytest.mark.parametrize("name", ["dist", "program", "tests", "wheels"])
def test_a_sweep_has_no_folder_s_name_either(name: str) -> None:
    """What a project has a folder for, or git ignores, is no further sweep's name."""
    assert "which projects have anyway" in str(check_sweep_name(name)[0])


@given(st.text(max_size=60))
def test_what_is_suggested_is_a_name(text: str) -> None:
    """Whatever was typed, the suggestion is fine itself."""
    assert check_project_name(suggest_name(text)) == []


@pytest.mark.parametrize("word", keyword.kwlist)
def test_no_keyword_is_a_project(word: str) -> None:
    """No keyword passes in any case."""
    assert check_project_name(word.upper())
