"""Settings travel through Flyte's context, and nest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    __version__,
    get_wandb_context,
    get_wandb_sweep_context,
    load_sweep_config,
    wandb_config,
    wandb_init,
    wandb_sweep_config,
)
from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.runtime.tasks.settings import WandbConfig, WandbSweepConfig

env = flyte.TaskEnvironment(name="settings")


def run_local(task: Any, context: Any) -> Any:
    flyte.init()
    runner = flyte.with_runcontext(mode="local", custom_context=dict(context))
    return runner.run(task).outputs()[0]


@env.task
async def read() -> dict[str, str]:
    settings = get_wandb_context()
    given = settings.given() if settings else {}
    return {name: json.dumps(value) for name, value in given.items()}


@env.task
async def nested() -> dict[str, str]:
    with wandb_config(tags=["inner"], notes="inner"):
        return await read()


@env.task
async def side_by_side() -> list[dict[str, str]]:
    import asyncio

    async def one(group: str) -> dict[str, str]:
        with wandb_config(group=group):
            await asyncio.sleep(0.01)
            return await read()

    return [*await asyncio.gather(one("a"), one("b")), await read()]


@env.task
async def users_keys() -> dict[str, str]:
    with wandb_config(tags=["x"]), wandb_sweep_config(method="grid"):
        return dict(flyte.get_custom_context())


@pytest.mark.parametrize("given", [wandb_config, wandb_init])
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"run_mode": "bad"}, 'run_mode is `bad`.\nIt must be "auto", "new" or "shared".'),
        ({"rank_scope": "abc"}, 'rank_scope is `abc`.\nIt must be "global" or "worker".'),
        ({"backend": "abc"}, 'backend is `abc`.\nIt must be "auto", "local" or "wandb".'),
        ({"project": 3}, "project is `3`: it must be a text."),
        ({"tags": "abc"}, 'tags is `abc`: it must be a list of texts.\nWrite `tags=["abc"]`.'),
        ({"tags": [1]}, "tags is `[1]`: it must be a list of texts."),
    ],
)
def test_a_setting_that_is_none_is_told(given: Any, settings: dict[str, Any], message: str) -> None:
    """Where it is given, in the decorator too."""
    with pytest.raises(UserError) as told:
        given(**settings)
    assert str(told.value) == message


@pytest.mark.parametrize("kind", [WandbConfig, WandbSweepConfig])
def test_a_setting_of_a_newer_version_is_named(kind: type[WandbConfig | WandbSweepConfig]) -> None:
    """A pod whose version is older than the one that started the run says so."""
    with pytest.raises(UserError) as told:
        kind.read({kind.KEY: '{"project": "p", "colour": "red"}'})
    assert str(told.value) == (
        f"{kind.NAME} says `colour`, which wandb-flyte {__version__}, the version installed here,"
        " does not know.\n"
        "Give the task's image the version of wandb-flyte that the run was started with."
    )


@pytest.mark.parametrize("project", ["123", "1e3", "true", "null", '"quoted"', "ünïcode"])
def test_text_stays_text(project: str) -> None:
    """A project that looks like a number comes back as the text it was."""
    assert run_local(read, wandb_config(project=project))["project"] == json.dumps(project)


def test_a_nested_setting_inherits_what_it_does_not_set() -> None:
    """A `with wandb_config(…)` block changes what it names, and only that."""
    outer = wandb_config(
        project="p",
        run_mode="new",
        rank_scope="worker",
        download_logs=True,
        tags=["outer"],
        dir="d",
    )

    assert run_local(nested, outer) == {
        "project": '"p"',
        "run_mode": '"new"',
        "rank_scope": '"worker"',
        "download_logs": "true",
        "tags": '["inner"]',
        "kwargs": '{"dir": "d", "notes": "inner"}',
    }


def test_empty_is_not_the_same_as_not_given() -> None:
    """An empty value in a nested setting takes the place of the outer one."""
    outer = wandb_config(project="p", tags=["a"], config={"a": 1}, download_logs=True)
    inner = wandb_config(tags=[], config={}, download_logs=False)

    merged = inner.over(outer)

    assert (merged.project, merged.tags, merged.config) == ("p", [], {})
    assert merged.download_logs is False


def test_blocks_side_by_side_do_not_mix() -> None:
    """Two coroutines, each in a block of its own, see their own setting, and neither leaks."""
    first, second, after = run_local(side_by_side, wandb_config(project="p"))

    assert (first["group"], second["group"]) == ('"a"', '"b"')
    assert "group" not in after


def test_the_users_own_context_keys_are_left_alone() -> None:
    """Keys that begin with wandb_ but are not ours reach the task as they were given."""
    context = {
        "wandb_anything": "mine",
        "wandb_sweep_note": "mine too",
        **wandb_config(project="p"),
    }

    seen = run_local(users_keys, context)

    assert seen["wandb_anything"] == "mine"
    assert seen["wandb_sweep_note"] == "mine too"
    assert set(seen) == {
        "wandb_anything",
        "wandb_sweep_note",
        "wandb_flyte_config",
        "wandb_flyte_sweep",
    }


def test_only_users_keys_are_no_settings() -> None:
    """With none of our keys in the context there are no settings."""
    assert run_local(read, {"wandb_anything": "mine"}) == {}


def test_no_settings_outside_of_flyte() -> None:
    """Outside of a task there are no settings."""
    assert get_wandb_context() is None
    assert get_wandb_sweep_context() is None


def test_a_block_outside_of_a_task_says_that_it_has_no_effect(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And how a run is given its settings instead."""
    with wandb_config(project="p"), wandb_sweep_config(method="grid"):
        assert run_local(read, {}) == {}
    assert capsys.readouterr().err.splitlines() == [
        f"wandb-flyte: `with {name}(…)` has no effect outside of a Flyte task; for a run write "
        f"flyte.with_runcontext(custom_context={name}(…))"
        for name in ("wandb_config", "wandb_sweep_config")
    ]
    assert run_local(read, wandb_config(project="p"))["project"] == '"p"'


def test_a_block_in_a_task_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """There it holds."""
    assert run_local(nested, {})["tags"] == '["inner"]'
    assert "wandb-flyte" not in capsys.readouterr().err


def test_both_unpack_into_one_context() -> None:
    """`{**wandb_config(…), **wandb_sweep_config(…)}` is one JSON value for each."""
    context = {
        **wandb_config(project="p", host="https://wandb.ai"),
        **wandb_sweep_config(method="random", parameters={"x": {"values": [1, 0.1, "a"]}}),
    }

    assert {key: json.loads(value) for key, value in context.items()} == {
        "wandb_flyte_config": {"project": "p", "host": "https://wandb.ai"},
        "wandb_flyte_sweep": {
            "method": "random",
            "parameters": {"x": {"values": [1, 0.1, "a"]}},
        },
    }


def test_what_flyte_can_not_carry_is_told() -> None:
    """A value that is no JSON is named, with what to do."""
    with pytest.raises(UserError) as caught:
        dict(wandb_config(config={"model": object()}))

    assert str(caught.value) == (
        "WandbConfig: `config` is a dict, which Flyte's context can't carry: "
        "Object of type object is not JSON serializable.\n"
        "Give plain values (text, numbers, lists, mappings), or give it to @wandb_init, which "
        "keeps it in the code."
    )


def test_a_sweep_config_in_wandbs_format() -> None:
    """The sweep config has W&B's keys, and not those that say where and how it is made."""
    settings = wandb_sweep_config(
        method="bayes",
        metric={"name": "loss"},
        parameters={"x": {"value": 1}},
        project="p",
        prior_runs=["r"],
        name="n",
        run_cap=5,
        early_terminate={"type": "hyperband", "min_iter": 3},
    )

    assert settings.to_sweep_config() == {
        "method": "bayes",
        "metric": {"name": "loss"},
        "parameters": {"x": {"value": 1}},
        "name": "n",
        "run_cap": 5,
        "early_terminate": {"type": "hyperband", "min_iter": 3},
    }


def test_a_sweep_yaml_is_loaded(tmp_path: Path) -> None:
    """load_sweep_config() gives what wandb_sweep_config() would, W&B's other keys included."""
    file = tmp_path / "sweep.yaml"
    file.write_text(
        "method: random\nproject: p\nprogram: train.py\nrun_cap: 3\n"
        "metric: {name: loss, goal: minimize}\nparameters: {x: {min: 0.0, max: 1.0}}\n"
    )

    settings = load_sweep_config(file)

    assert (settings.method, settings.project) == ("random", "p")
    assert settings.to_sweep_config()["program"] == "train.py"
    assert settings.to_sweep_config()["run_cap"] == 3


def test_everything_wrong_with_a_sweep_yaml_is_told(tmp_path: Path) -> None:
    """All findings come at once, each with its line."""
    file = tmp_path / "sweep.yaml"
    file.write_text("method: gird\nparameters:\n  x:\n    min: 2.0\n    max: 1.0\n")

    with pytest.raises(InvalidInput) as caught:
        load_sweep_config(file)

    assert {finding.line for finding in caught.value.findings} >= {1}
    assert len(caught.value.findings) == 2
