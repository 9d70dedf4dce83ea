"""Whatever is in the file, the answer is findings, never a traceback."""

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from wandb_flyte.errors import InvalidInput
from wandb_flyte.spec import assemble, check_sweep, grid_size, load_sweep, parse_sweep

KEYS = st.sampled_from(
    ["method", "metric", "parameters", "run_cap", "early_terminate", "command", "seed", "name",
     "goal", "target", "type", "min_iter", "max_iter", "s", "eta", "strict", "value", "values",
     "probabilities", "distribution", "min", "max", "q", "mu", "sigma", "a", "b", "x"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["grid", "random", "bayes", "loss", "minimize", "hyperband", "uniform", "log_uniform",
     "q_normal", "beta", "categorical", "int_uniform", "constant", "log_uniform_values",
     "categorical_w_probabilities", "1e-5"]
)  # fmt: skip
NUMBERS = st.integers(-5, 5) | st.integers() | st.floats()
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5)
)
CONFIG = st.dictionaries(KEYS, ANYTHING, max_size=6)

# Nearly right: most of these pass.
LIMITS = st.tuples(st.floats(-9, 9) | st.integers(-9, 9), st.floats(0.1, 9) | st.integers(1, 9))
RANGE = LIMITS.map(lambda limits: {"min": limits[0], "max": limits[0] + limits[1]})
NAMED = st.sampled_from(
    ["uniform", "int_uniform", "q_uniform", "log_uniform", "q_log_uniform_values",
     "log_uniform_values", "inv_log_uniform", "inv_log_uniform_values"]
)  # fmt: skip
LEAF = (
    RANGE
    | st.builds(lambda spec, name: spec | {"distribution": name}, RANGE, NAMED)
    | st.lists(SCALARS, min_size=1, max_size=4).map(lambda values: {"values": values})
    | SCALARS.map(lambda value: {"value": value})
    | st.sampled_from(["normal", "q_normal", "log_normal"]).map(lambda n: {"distribution": n})
)
LEAVES = st.dictionaries(KEYS, LEAF, min_size=1, max_size=2)
PLAUSIBLE = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["grid", "random", "bayes"]),
        "metric": st.just({"name": "loss"}),
        "parameters": st.dictionaries(
            KEYS, LEAF | LEAVES.map(lambda inner: {"parameters": inner}), min_size=1, max_size=2
        ),
    }
)


@settings(max_examples=300, deadline=None)
@given(config=CONFIG)
def test_any_config_is_checked(config):
    """Findings for everything, and `parse_sweep` raises when one is an error."""
    if any(finding.severity == "error" for finding in check_sweep(config)):
        with pytest.raises(InvalidInput):
            parse_sweep(config)


@settings(max_examples=300, deadline=None)
@given(config=PLAUSIBLE, u=st.floats(0.01, 0.99))
def test_what_passes_can_be_searched(config, u):
    """A config without errors gives values for all of its parameters, and a grid has a size."""
    assume(all(finding.severity != "error" for finding in check_sweep(config)))

    sweep = parse_sweep(config)

    values = [parameter.distribution.quantile(u) for parameter in sweep.parameters]
    assert set(assemble(sweep, values)) == set(sweep.names)
    assert (grid_size(sweep) is None) == (sweep.method != "grid")


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="ab1-:?,[]{}&*!|>'\"#%@` \n\t<.0_~e", max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    """Reading raises `InvalidInput` and nothing else."""
    path = Path(tmp_path_factory.getbasetemp()) / "fuzz.yaml"
    path.write_text(text)

    try:
        doc = load_sweep(path)
    except InvalidInput as error:
        assert str(error).startswith(f"{path}")
        return
    assert isinstance(check_sweep(doc), list)
