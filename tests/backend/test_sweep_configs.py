"""Sweep configs: what is said of them, and which of them make no sweep."""

import pytest
import yaml
from wandb_flyte.spec import check_sweep

from .conftest import CREATE_AGENT, CREATE_SWEEP


def test_findings_come_back_as_warnings(wire, project):
    """Every finding about the config is a warning; an agent is told why it can't run."""
    config = {"method": "bayes", "parameters": {"a": {"min": 2.0, "max": 1.0}}}
    sweep = wire.sweep(project, config)
    assert sweep.warnings == [str(finding) for finding in check_sweep(config)]
    assert len(sweep.warnings) == 2
    answer = wire.post(CREATE_AGENT, host="here", projectName=project, sweep=sweep.name)
    assert "this sweep can't run: " in answer.json()["errors"][0]["message"]
    assert sweep.state == "PENDING"


def test_config_that_is_no_mapping_is_refused(wire, project):
    """What is no YAML mapping makes no sweep."""
    for text, message in (("a: [", "is not YAML"), ("- a", "is not a mapping")):
        answer = wire.post(CREATE_SWEEP, config=text, projectName=project)
        assert answer.status_code == 200
        assert message in answer.json()["errors"][0]["message"]


def bomb(pattern, levels=8):
    """A short config whose aliases stand for 9 ** `levels` values."""
    lines = ["method: random", "parameters:", "  a0: &a0 {value: [1, 2]}"]
    for number in range(1, levels + 1):
        inside = pattern.format(f"*a{number - 1}")
        lines.append(f"  a{number}: &a{number} {inside}")
    return "\n".join(lines)


NINE = ", ".join(f"k{number}: {{0}}" for number in range(9))


@pytest.mark.parametrize(
    "text",
    [
        bomb(f"{{{{parameters: {{{{{NINE}}}}}}}}}"),
        bomb(f"{{{{value: [{', '.join(['{0}'] * 9)}]}}}}"),
        bomb(f"{{{{<<: [{', '.join(['{0}'] * 9)}]}}}}"),
        "method: random\nparameters: {a: {value: &a [*a]}}",
        f"method: random\nparameters: {{a: {{values: [&a {'x' * 500_000}, *a, *a]}}}}",
        f"method: random\nparameters: {{a: {{values: {list(range(10_001))}}}}}",
    ],
    ids=["nested parameters", "values", "merges", "in itself", "long text", "no alias"],
)
def test_config_that_stands_for_too_much_is_refused(wire, project, text):
    """A config that is huge once its aliases are written out is refused before it is."""
    answer = wire.post(CREATE_SWEEP, config=text, projectName=project)
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["message"] == (
        "the sweep config has more than 10000 values or 1048576 characters, counting what aliases "
        "(`*name`) stand for: give ranges instead of lists of values"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: " + "[" * 500 + "]" * 500, "is nested too deep: write it flatter"),
        ("a: 2020-99-99", "is not YAML: month must be in 1..12"),
    ],
)
def test_config_that_yaml_cannot_build_is_refused(wire, project, text, message):
    """What can be parsed but not built makes no sweep either."""
    answer = wire.post(CREATE_SWEEP, config=text, projectName=project)
    assert answer.status_code == 200
    assert message in answer.json()["errors"][0]["message"]


def test_config_with_aliases_is_taken(wire, project):
    """Aliases as `yaml.dump` writes them are as good as what they stand for."""
    shared = {"values": [1, 2]}
    config = {"method": "grid", "parameters": {"a": shared, "b": shared}}
    text = yaml.safe_dump(config)
    assert "*id001" in text
    sweep = wire.sweep(project, text)
    assert sweep.warnings == []
