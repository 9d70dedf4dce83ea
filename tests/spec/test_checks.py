"""What `check_sweep` says of a config: whole messages, all of them, with line and path."""

from pathlib import Path

import pytest
from wandb_flyte.errors import InvalidInput
from wandb_flyte.spec import check_sweep, load_sweep, parse_sweep


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def _check(text: str) -> list[str]:
        Path("sweep.yaml").write_text(text)
        return [str(finding) for finding in check_sweep(load_sweep(Path("sweep.yaml")))]

    return _check


def test_a_sound_config_has_no_findings(check):
    """Every part at once: nested parameters, early stopping, command, seed."""
    assert (
        check(
            """
name: everything
description: all of it
project: p
entity: e
program: train.py
method: bayes
metric: {name: val/loss, goal: maximize, target: 0.99, impute: best}
run_cap: 20
seed: 7
early_terminate: {type: hyperband, min_iter: 3, eta: 2, strict: false}
command: ["${env}", python, "${program}", "${args}"]
parameters:
  lr: {distribution: log_uniform_values, min: 0.0001, max: 1}
  model.width: {min: 1, max: 8}
  optimizer:
    parameters:
      name: {values: [adam, sgd]}
      momentum: {min: 0, max: 0.9}
"""
        )
        == []
    )


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("{}", ["`method` is missing. Write one of `grid`, `random`, `bayes`.",
                "`parameters` is missing. Name at least one hyperparameter. "
                "Write one such as `lr: {min: 0.001, max: 0.1}`."]),
        ("method: randm\nparameters: {a: {value: 1}}",
         [":1: method: `randm` is no search method. Write `random`."]),
        ("method: genetic\nparameters: {a: {value: 1}}",
         [":1: method: `genetic` is no search method. Write one of `grid`, `random`, `bayes`."]),
        ("method: custom\nparameters: {a: {value: 1}}",
         [":1: method: `custom` needs a scheduler of its own, which wandb-flyte does not run. "
          "Write one of `grid`, `random`, `bayes`."]),
        ("method: random\nparameters: {}",
         [":2: parameters: No hyperparameter is named. "
          "Write one such as `lr: {min: 0.001, max: 0.1}`."]),
        ("method: random\nparameters: [lr]",
         [':2: parameters: `["lr"]` is not a mapping of names to values. '
          "Write one such as `lr: {min: 0.001, max: 0.1}`."]),
        ("method: bayes\nparameters: {a: {value: 1}}",
         [":1: method: `bayes` needs a `metric` to optimize. Write `metric: {name: loss, goal: "
          "minimize}` with the name that the objective logs."]),
        ("method: bayes\nmetric: loss\nparameters: {a: {value: 1}}",
         [":2: metric: `loss` is not a mapping. Write `metric: {name: loss, goal: minimize}`."]),
        ("method: bayes\nmetric:\n  goal: max\nparameters: {a: {value: 1}}",
         [":2: metric.name: The metric has no `name`. Give the name that the objective logs.",
          ":3: metric.goal: `max` is no goal. Write `minimize` or `maximize`."]),
        ("method: bayes\nmetric: {name: l, goals: minimise, goal: minimise}\n"
         "parameters: {a: {value: 1}}",
         [":2: metric.goals: `goals` is no setting of a metric. "
          "It takes `name`, `goal`, `target`, `impute`, `impute_while_running`.",
          ":2: metric.goal: `minimise` is no goal. Write `minimize`."]),
        ("method: bayes\nmetric: {name: l, impute: best, impute_while_running: lates}\n"
         "parameters: {a: {value: 1}}",
         [":2: metric.impute_while_running: `lates` is no value of `impute_while_running`. "
          "Write `latest`."]),
        ("method: bayes\nmetric: {name: l, impute: true, impute_while_running: false}\n"
         "parameters: {a: {value: 1}}",
         [":2: metric.impute: `true` is no value of `impute`. "
          "Write one of `worst`, `best`, `latest`."]),
        ("method: random\nmetrics: [{name: a}, {name: b}]\nparameters: {a: {value: 1}}",
         [":2: metrics: `metrics` is for several objectives, which grid, random and bayes "
          "don't search. Write one `metric`."]),
        ("method: random\nrun_cap: 0\nparameters: {a: {value: 1}}",
         [":2: run_cap: `0` is too small: 1 is the least."]),
        ("method: random\nrun_cap: 2.5\nparameters: {a: {value: 1}}",
         [":2: run_cap: `2.5` is not a whole number."]),
        ("method: random\nrun_cap: ten\nparameters: {a: {value: 1}}",
         [":2: run_cap: `ten` is not a number."]),
        ("method: random\nrun_cap: true\nparameters: {a: {value: 1}}",
         [":2: run_cap: `true` is not a number."]),
        ("method: random\nseed: -1\nparameters: {a: {value: 1}}",
         [":2: seed: `-1` is too small: 0 is the least."]),
        ("method: random\nproject: 123\nparameters: {a: {value: 1}}",
         [':2: project: `123` is not text. Write it in quotes: `project: "123"`.']),
        ("method: random\ncommand: python train.py\nparameters: {a: {value: 1}}",
         [":2: command: `python train.py` is not a list. Write `[python, train.py]`."]),
        ("method: random\ncommand: python a.py --x=1 'a b' ${args}\nparameters: {a: {value: 1}}",
         [":2: command: `python a.py --x=1 'a b' ${args}` is not a list. "
          'Write `[python, a.py, --x=1, "a b", "${args}"]`.']),
        ("method: random\nruncap: 5\narguments: x\nparameters: {a: {value: 1}}",
         [":2: runcap: `runcap` is no key of a sweep config. Did you mean `run_cap`?",
          ":3: arguments: `arguments` is no key of a sweep config."]),
        ("method: random\nearly_terminate: {type: median}\nparameters: {a: {value: 1}}",
         [":2: early_terminate.type: `median` is no way to stop early. Write `type: hyperband`.",
          ":2: early_terminate: Hyperband needs `min_iter`, or `max_iter` and `s`. "
          "Add `min_iter: 3`, for example.",
          ":2: early_terminate: Stopping early needs a `metric` to judge by. Write `metric: {name: "
          "loss, goal: minimize}` with the name that the objective logs."]),
        ("method: random\nmetric: {name: l}\n"
         "early_terminate: {type: hyperband, max_iter: 2, s: 2, eta: 3, strict: 1, n: 1}\n"
         "parameters: {a: {value: 1}}",
         [":3: early_terminate.n: `n` is no setting of hyperband, and is ignored. "
          "It takes `type`, `min_iter`, `max_iter`, `s`, `eta`, `strict`.",
          ":3: early_terminate.strict: `1` is not a boolean. Write `true` or `false`.",
          ":3: early_terminate: `max_iter: 2` over `eta: 3` leaves nothing to judge. "
          "Raise `max_iter`, or give `min_iter`."]),
        ("method: random\nmetric: {name: l}\nearly_terminate: {type: hyperband, min_iter: 1, "
         "eta: 1}\nparameters: {a: {value: 1}}",
         [":3: early_terminate.eta: `1` is not above 1."]),
    ],
)  # fmt: skip
def test_findings_outside_of_the_parameters(check, text, messages):
    """Each says what, where and what to write instead, and all come at once."""
    wanted = [f"sweep.yaml{m}" if m.startswith(":") else f"sweep.yaml: {m}" for m in messages]
    assert check(text) == wanted


@pytest.mark.parametrize(
    ("spec", "messages"),
    [
        ("{min: 0.1, max: 0.01}", ["lr: `min: 0.1` is not below `max: 0.01`. Swap them."]),
        ("{min: 3, max: 3}",
         ["lr: `min: 3` is not below `max: 3`. For one fixed value write `value: 3`."]),
        ("{min: 1e-5, max: 1E2, distribution: uniform}",
         ["lr.min: `1e-5` is text to YAML, not a number. Write `1.0e-5`.",
          "lr.max: `1E2` is text to YAML, not a number. Write `1.0e+2`."]),
        ("{min: 1e-5, max: 0.1}",
         ["lr.min: `1e-5` is text to YAML, not a number. Write `1.0e-5`."]),
        ('{min: "0.1", max: 1.0}',
         ["lr.min: `0.1` is text, not a number. Write it without quotes."]),
        ("{min: low, max: null}",
         ["lr.min: `low` is not a number.", "lr.max: It has no value. Write a number."]),
        ("{min: .inf, max: 1.0}", ["lr.min: `Infinity` is not a finite number."]),
        (
            f"{{distribution: uniform, min: 1, max: 1{'0' * 400}}}",
            [f"lr.max: `1{'0' * 56}...` is too large for a number."],
        ),
        ("{min: 0, max: 0.5}",
         ["lr: `min: 0` and `max: 0.5` mix an integer with a float. "
          "Write `min: 0.0`, or add `distribution: uniform`."]),
        ("{min: 0.5, max: 2}",
         ["lr: `min: 0.5` and `max: 2` mix an integer with a float. "
          "Write `max: 2.0`, or add `distribution: uniform`."]),
        ("{min: 0.1}", ["lr: `min` is given without `max`. Add `max`."]),
        ("{max: 0.1}", ["lr: `max` is given without `min`. Add `min`."]),
        ("{}", ["lr: It has no values. Give it `value`, `values`, or `min` and `max`; "
                "nest others under `parameters`."]),
        ("{weight: {value: 1}, rate: {value: 2}}",
         ["lr: It has no values, only `weight`, `rate`. Give it `value`, `values`, "
          "or `min` and `max`; nest others under `parameters`."]),
        ("0.1", ["lr: `0.1` is not a mapping. Write `lr: {value: 0.1}`."]),
        ("[1, 2]", ["lr: `[1, 2]` is not a mapping. Write `lr: {values: [1, 2]}`."]),
        ("{values: adam}", ["lr.values: `adam` is not a list. Write `values: [adam]`."]),
        ("{values: []}", ["lr.values: The list is empty. Give at least one value."]),
        ("{distribution: loguniform, min: 1, max: 2}",
         ["lr.distribution: `loguniform` is no distribution of W&B's. Write `log_uniform`."]),
        ("{distribution: [uniform], min: 1, max: 2}",
         ['lr.distribution: `["uniform"]` is no distribution of W&B\'s. Write `uniform`.']),
        ("{distribution: uniform, min: 1}", ["lr: `uniform` needs `max`. Add `max`."]),
        ("{distribution: uniform, min: 1, max: 2, q: 1}",
         ["lr.q: `q` is no setting of `uniform`. Write `distribution: q_uniform`."]),
        ("{min: 1, max: 9, q: 2}",
         ["lr.q: `q` is no setting of `int_uniform`. Write `distribution: q_uniform`."]),
        ("{distribution: int_uniform, min: 1.0, max: 2.5}",
         ["lr.min: `1.0` is not an integer, as `int_uniform` needs it. Write `1`.",
          "lr.max: `2.5` is not an integer, as `int_uniform` needs it. Use `uniform`."]),
        ("{distribution: log_uniform_values, min: 0, max: 1}",
         ["lr.min: `0` has no logarithm, as `log_uniform_values` needs it. "
          "Write a number above 0."]),
        ("{distribution: q_normal, mu: 0, sigma: -1, q: 0}",
         ["lr.sigma: `-1` is below 0.", "lr.q: `0` is not above 0."]),
        ("{distribution: beta, a: 0, b: 1, alpha: 2}",
         ["lr.alpha: `alpha` is no setting of `beta`. It takes `a`, `b`; "
          "nest others under `parameters`.",
          "lr.a: `0` is not above 0."]),
        ("{values: [1, 2], probabilities: [0.5]}",
         ["lr: 2 `values` have 1 `probabilities`. Give each value one probability."]),
        ("{values: [1, 2], probabilities: [0.5, 0.4]}",
         ["lr.probabilities: The probabilities sum to `0.9`, not 1."]),
        ("{values: [1, 2], probabilities: [1.5, -0.5]}",
         ["lr.probabilities.1: `-0.5` is below 0."]),
        ("{probabilities: [1.0]}",
         ["lr: `categorical_w_probabilities` needs `values`. Add `values`."]),
        ("{distribution: categorical, values: [1, 2], probabilities: [0.5, 0.5]}",
         ["lr.probabilities: `probabilities` is no setting of `categorical`. "
          "Write `distribution: categorical_w_probabilities`."]),
        ("{value: 1, values: [1]}",
         ["lr.value: `value` is no setting of `categorical`. It takes `values`; "
          "nest others under `parameters`."]),
        ("{distribution: uniform, parameters: {a: {value: 1}}}",
         ["lr.distribution: `distribution` stands beside `parameters`. "
          "A parameter has either values of its own or nested `parameters`."]),
        ("{parameters: {a: {min: 2, max: 1}}}",
         ["lr.parameters.a: `min: 2` is not below `max: 1`. Swap them."]),
        ("{values: [1e-3, 0.1]}",
         ["lr.values.0: `1e-3` is text to YAML, and trials get it as text. "
          "Write `1.0e-3` for a number."]),
        ("{value: .5e3}",
         ["lr.value: `.5e3` is text to YAML, and trials get it as text. "
          "Write `0.5e+3` for a number."]),
        ("{distribution: log_uniform, min: 0.0001, max: 0.01}",
         ["lr.distribution: `log_uniform` takes exponents of e: these limits mean 1 to 1.01. "
          "Use `log_uniform_values` to give the limits themselves."]),
        ("{distribution: inv_log_uniform, min: 1, max: 2}",
         ["lr.distribution: `inv_log_uniform` takes exponents of e: these limits mean 0.135 to "
          "0.368. Use `inv_log_uniform_values` to give the limits themselves."]),
    ],
)  # fmt: skip
def test_findings_in_a_parameter(check, spec, messages):
    """Each has the parameter's path and line, and all come at once."""
    found = check(f"method: random\nparameters:\n  lr: {spec}\n")

    assert found == [f"sweep.yaml:3: parameters.{message}" for message in messages]


def test_mixed_limits_in_a_nested_parameter_are_floats():
    """W&B's client refuses them at the top level only; its engine takes them."""
    config = {
        "method": "random",
        "parameters": {"a": {"parameters": {"b": {"min": 0, "max": 0.5}}}},
    }

    assert parse_sweep(config).parameters[0].distribution.name == "uniform"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "{min: 0.1, max: 1.0}",
            "lr: A grid tries every value, and `uniform` has no end of them. List them with "
            "`values`, use `q_uniform` with a step `q`, or `method: random`.",
        ),
        (
            "{parameters: {x: {distribution: normal}}}",
            "lr.parameters.x: A grid tries every value, and `normal` has no end of them. List "
            "them with `values`, use `q_uniform` with a step `q`, or `method: random`.",
        ),
        (
            "{values: [1, 2], probabilities: [0.5, 0.5]}",
            "lr: A grid tries every value once, so probabilities mean nothing to it. "
            "Leave `probabilities` out, or use `method: random`.",
        ),
    ],
)
def test_a_grid_over_what_has_no_end(check, spec, message):
    """A grid lists values, so a continuous range and probabilities are refused."""
    found = check(f"method: grid\nparameters:\n  lr: {spec}\n")

    assert found == [f"sweep.yaml:3: parameters.{message}"]


def test_names_that_w_and_b_warns_about(check):
    """A slash or a space works, with a warning as W&B gives it."""
    assert check('method: grid\nparameters:\n  "a b": {value: 1}\n') == [
        "sweep.yaml:3: parameters.a b: W&B warns about the name `a b`. "
        "Use letters, digits, `_`, `.` and `-`, and start with a letter or `_`."
    ]


def test_an_endless_search_is_no_finding(check):
    """Whether an end is needed is for the caller to say."""
    assert check("method: random\nparameters: {a: {min: 1, max: 2}}") == []


def test_a_dict_is_checked_without_lines():
    """The findings of a config given in Python have a path and no file."""
    findings = check_sweep({"method": "random", "parameters": {1: {}, "b": {"min": 2, "max": 1}}})

    assert [str(finding) for finding in findings] == [
        "parameters: The name `1` is not text. Write it in quotes.",
        "parameters.b: `min: 2` is not below `max: 1`. Swap them.",
    ]


def test_findings_come_in_the_order_of_the_file(check):
    """By line, whatever order they were found in."""
    found = check("parameters:\n  lr: {min: 2, max: 1}\nrun_cap: 0\nmethod: x\n")

    assert [message.split(": ")[0] for message in found] == [
        "sweep.yaml:2",
        "sweep.yaml:3",
        "sweep.yaml:4",
    ]


def test_parse_raises_all_errors_and_no_warnings():
    """`InvalidInput` lists every error; a config with warnings alone is parsed."""
    bad = {"method": "bayes", "oops": 1, "parameters": {"a": {"min": 2, "max": 1}}}

    with pytest.raises(InvalidInput) as caught:
        parse_sweep(bad)

    assert str(caught.value) == (
        "method: `bayes` needs a `metric` to optimize. Write `metric: {name: loss, goal: minimize}`"
        " with the name that the objective logs.\n"
        "parameters.a: `min: 2` is not below `max: 1`. Swap them."
    )
    assert parse_sweep({"method": "grid", "oops": 1, "parameters": {"a": {"value": 1}}}).end == 1


def test_parsing_leaves_the_config_as_it_was():
    """Nothing is filled into the caller's dict."""
    config = {"method": "random", "parameters": {"a": {"distribution": "normal"}}}

    parse_sweep(config)

    assert config == {"method": "random", "parameters": {"a": {"distribution": "normal"}}}


def test_a_misspelt_key_that_the_search_hangs_on_is_an_error(check):
    """A near miss of a key that is missing stops the sweep; beside the right key it only warns."""
    with pytest.raises(InvalidInput, match="`runcap` is no key of a sweep config"):
        parse_sweep({"method": "random", "parameters": {"a": {"value": 1}}, "runcap": 3})
    parse_sweep({"method": "random", "parameters": {"a": {"value": 1}}, "run_cap": 3, "runcap": 3})


def test_a_value_is_shown_without_its_control_characters(check):
    """A stranger's escape sequence does not reach the terminal."""
    assert check('method: "\\e[31mred"\nparameters: {a: {value: 1}}') == [
        "sweep.yaml:1: method: `\\x1b[31mred` is no search method. "
        "Write one of `grid`, `random`, `bayes`."
    ]


def test_keys_that_are_too_many_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    """In every run."""
    names = "hgfbacde"
    keys = "".join(f"    {name}: 1\n" for name in names)
    file = tmp_path / "sweep.yaml"
    file.write_text(
        f"method: random\nparameters:\n  a:\n{keys}    parameters: {{x: {{value: 1}}}}\n"
    )

    found = [finding.path for finding in check_sweep(load_sweep(file))]
    assert found == [f"parameters.a.{name}" for name in names]
