"""The model of a config that passed: names, end, nesting."""

import pytest
from wandb_flyte import spec
from wandb_flyte.spec import EarlyTerminate, Metric, assemble, grid_size, parse_sweep

NESTED = {
    "method": "grid",
    "parameters": {
        "b": {"parameters": {"y": {"values": [1, 2, 3]}, "x": {"value": 0}}},
        "a": {"parameters": {"deep": {"parameters": {"er": {"min": 1, "max": 2}}}}},
        "c": {"values": ["u", "v"]},
    },
}


def test_the_public_names():
    """What other packages may import, sorted."""
    assert spec.__all__ == sorted(spec.__all__)
    assert all(hasattr(spec, name) for name in spec.__all__)


def test_nested_parameters_are_leaves_in_the_order_of_the_file():
    """Each leaf knows its path; `names` are the top-level ones."""
    config = parse_sweep(NESTED)

    assert [parameter.name for parameter in config.parameters] == ["b.y", "b.x", "a.deep.er", "c"]
    assert config.names == ("b", "a", "c")


def test_assemble_nests_the_values_again():
    """One value for each leaf, in the order of the leaves."""
    config = parse_sweep(NESTED)

    assert assemble(config, [1, 2, 3, 4]) == {
        "b": {"y": 1, "x": 2},
        "a": {"deep": {"er": 3}},
        "c": 4,
    }
    with pytest.raises(ValueError, match="shorter"):
        assemble(config, [1, 2, 3])


@pytest.mark.parametrize(
    ("config", "size", "end"),
    [
        (NESTED, 12, 12),
        (NESTED | {"run_cap": 5}, 12, 5),
        (NESTED | {"run_cap": 50}, 12, 12),
        ({"method": "grid", "parameters": {"a": {"value": 1}}}, 1, 1),
        ({"method": "grid", "parameters": {"a": {"values": [1, 1.0, 2]}}}, 2, 2),
        ({"method": "random", "parameters": {"a": {"values": [1, 2]}}}, None, None),
        ({"method": "random", "run_cap": 8, "parameters": {"a": {"values": [1, 2]}}}, None, 8),
    ],
)
def test_size_and_end(config, size, end):
    """A grid ends with its combinations or its cap; other searches with their cap, or never."""
    parsed = parse_sweep(config)

    assert grid_size(parsed) == size
    assert parsed.end == end


def test_everything_else_in_the_file_is_kept():
    """Text keys, command and seed come through; `raw` is what was written."""
    config = {
        "method": "random",
        "name": "n",
        "description": "d",
        "project": "p",
        "entity": "e",
        "program": "train.py",
        "command": ["python", "${program}", 3],
        "seed": 4,
        "metric": {"name": "loss", "target": 1},
        "early_terminate": {"type": "hyperband", "max_iter": 27, "s": 2, "strict": False},
        "parameters": {"a": {"value": 1}},
    }

    parsed = parse_sweep(config)

    assert (parsed.name, parsed.description, parsed.project) == ("n", "d", "p")
    assert (parsed.entity, parsed.program) == ("e", "train.py")
    assert parsed.command == ("python", "${program}", "3")
    assert parsed.seed == 4
    assert parsed.metric == Metric("loss", "minimize", 1)
    assert parsed.early_terminate == EarlyTerminate(max_iter=27, s=2, eta=3, strict=False)
    assert parsed.raw == config


def test_better_follows_the_goal():
    """Strictly less for minimize, strictly more for maximize."""
    assert Metric("m").better(1, 2)
    assert not Metric("m").better(2, 2)
    assert Metric("m", "maximize").better(2, 1)
    assert not Metric("m", "maximize").better(2, 2)


@pytest.mark.parametrize(
    ("early", "bands"),
    [
        (EarlyTerminate(max_iter=27, s=2), (3, 9)),
        (EarlyTerminate(max_iter=5, s=2, eta=2), (1, 2)),
        (EarlyTerminate(max_iter=27, s=10**9), (1, 3, 9)),
        (EarlyTerminate(max_iter=27, s=2, min_iter=1), (3, 9)),
        (EarlyTerminate(), ()),
    ],
)
def test_bands_counted_back_from_max_iter(early, bands):
    """max_iter / eta^k for k = 1..s, as far as at least one value is logged."""
    assert early.bands == bands


def test_bands_counted_up_from_min_iter():
    """min_iter * eta^k, further than any trial logs."""
    assert EarlyTerminate(min_iter=1).bands[:4] == (1, 3, 9, 27)
    assert len(EarlyTerminate(min_iter=1, eta=1.01).bands) == 100
