"""A kit's `kit.toml`: what can't be in it, and in which line that stands."""

from __future__ import annotations

import pytest
from wandb_flyte.generate.kits.manifest import read_manifest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", 'It has no `name`. Write `name = "my-team"`, for example.'),
        (b"trials = 1" + b"0" * 5000, "It holds a number with thousands of digits."),
        (b"yours = " + b"[" * 3000, "It is nested too deeply."),
    ],
)
def test_a_manifest_that_is_none(text: bytes, told: str) -> None:
    """It is refused in a sentence, whatever is in it."""
    assert [str(finding) for finding in read_manifest(text)[1]] == [f"kit.toml: {told}"]


def test_a_byte_order_mark_does_no_harm() -> None:
    """Editors on Windows write one; lines are counted as without it."""
    manifest, findings = read_manifest(b'\xef\xbb\xbfname = "team"\n')
    assert (manifest.name, findings) == ("team", [])

    _, findings = read_manifest(b'\xef\xbb\xbfname = "team"\nfoo = 1\n')
    assert [finding.line for finding in findings] == [2]


def test_an_amount_of_another_kind() -> None:
    """Each resource is told as it is written: memory has a unit, a GPU may have a type."""
    text = b'name = "k"\n[profiles.one]\nmemory = 4\ngpu = true\ncpu = -1\n'

    _, findings = read_manifest(text)

    assert [str(finding) for finding in findings] == [
        'kit.toml:3: profiles.one.memory: `4` is not an amount. Write it like `"16Gi"`.',
        'kit.toml:4: profiles.one.gpu: `True` is not an amount. Write it like `1` or `"A100:1"`.',
        "kit.toml:5: profiles.one.cpu: `-1` is not an amount. Write it like `4`.",
    ]


def test_findings_come_in_the_order_of_the_file() -> None:
    """In every run; what is both a default and fixed comes last, by name."""
    unknown = "hgfbacde"
    fixed = ("secret", "project", "host", "entity")
    text = 'name = "team"\n' + "".join(f"{name} = 1\n" for name in unknown)
    for table in ("defaults", "fixed"):
        text += f"[{table}]\n" + "".join(f'{name} = "https://a"\n' for name in fixed)

    _, findings = read_manifest(text.encode())

    messages = [finding.message for finding in findings]
    assert [m for m in messages if "means nothing" in m] == [
        f"`{n}` means nothing." for n in unknown
    ]
    both = [finding.path for finding in findings if "both a default" in finding.message]
    assert both == [f"fixed.{name}" for name in sorted(fixed)]


def test_every_finding_has_its_line() -> None:
    """Also of what stands in a table, behind lists of several lines, or under a quoted name."""
    text = b"""\
name = "team"

colour = "red"
yours = [
    "../x",
]
[defaults]
entity = "acme"
size = 1
[fixed]
entity = "acme"
[caps]
cost = -1
money = 1
[profiles.one]
gpus = 1
cpu = true
[prices]
"A100 80G" = "much"
[moves]
"a.md" = "../b.md"
"""

    _, findings = read_manifest(text)

    assert [(found.line, found.path) for found in findings] == [
        (3, "colour"),
        (4, "yours"),
        (9, "defaults.size"),
        (13, "caps.cost"),
        (14, "caps.money"),
        (16, "profiles.one.gpus"),
        (17, "profiles.one.cpu"),
        (19, "prices.A100 80G"),
        (21, "moves.a.md"),
        (11, "fixed.entity"),
    ]


def test_what_is_no_toml_has_its_line() -> None:
    """The line that TOML's reader stops at."""
    _, findings = read_manifest(b'name = "team"\n\nsummary = what\n')

    assert [(found.file, found.line) for found in findings] == [("kit.toml", 3)]
