"""`wandb-flyte plan`: what a sweep will take, from real trials, and the caps that it is held to."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from .conftest import RunCli

pytestmark = pytest.mark.usefixtures("clean_environment")

RESOURCES = """
from datetime import timedelta
import flyte
AGENT_RESOURCES = flyte.Resources(cpu="500m", gpu="A100:2")
AGENT_TIMEOUT = timedelta(hours=2)
SWEEP_TIMEOUT = timedelta(hours=10)
RETRIES = 1
"""
PRICES = 'currency = "USD"\n[prices]\ncpu = 0.2\nA100 = 3\n'


@pytest.fixture
def priced(project: Path) -> Path:
    """A project whose agents have GPUs, limits and prices."""
    settings = project / "small" / "settings.py"
    settings.write_text(settings.read_text() + RESOURCES)
    (project / "prices.toml").write_text(PRICES)
    return project


def test_a_pilot_measures(run_cli: RunCli, project: Path) -> None:
    """`--pilot` runs one real trial; after it, a plain `plan` takes what was measured."""
    pilot = run_cli("plan", "--pilot", "--trials", "6", "--agents", "3", cwd=project)
    after = json.loads(run_cli("plan", "--json", cwd=project).out)

    assert pilot.code == 0, pilot.err
    assert "[1/1] finished" in pilot.err
    assert "trials       6 by 3 agents, 2 rounds\n" in pilot.out
    assert re.search(r"^a trial .* from 1 trial of sweep `local/small/", pilot.out, re.MULTILINE)
    assert after["measured"].startswith("1 trial of sweep `local/small/")
    assert after["trials"] == 3
    assert 0.1 < after["trial_s"]["likely"] < 60
    assert after["wall_s"]["low"] < after["wall_s"]["likely"] < after["wall_s"]["high"]


def test_a_pilot_that_fails(run_cli: RunCli, project: Path) -> None:
    """Without a finished trial there is no forecast, and the reason is told."""
    (project / "sweep.yaml").write_text(
        (project / "sweep.yaml").read_text() + "  fail_above: {value: 0.0}\n"
    )
    done = run_cli("plan", "--pilot", cwd=project)

    assert (done.code, done.out) == (1, "")
    assert "error: The pilot's trial did not finish: " in done.err
    assert "is too high" in done.err


def test_what_it_uses_and_costs(run_cli: RunCli, priced: Path) -> None:
    """Hours and money are the agents' time, at most what limits and retries allow."""
    words = ["--trial-time", "1h", "--trials", "40", "--agents", "4", "--json"]
    plan = json.loads(run_cli("plan", *words, cwd=priced).out)

    used = plan["used"]
    assert plan["longest_wall_s"] == 2 * 10 * 3600
    assert used["gpu_hours"]["most"] == 4 * 2 * 2 * 2
    assert used["cpu_hours"]["most"] == 4 * 2 * 2 * 0.5
    assert used["cost"]["most"] == pytest.approx(32 * 3 + 8 * 0.2)
    assert 0 < used["gpu_hours"]["forecast"]["likely"] <= used["gpu_hours"]["most"]
    hours = used["gpu_hours"]["forecast"]["likely"] / 2
    assert used["cost"]["forecast"]["likely"] == pytest.approx(hours * (2 * 3 + 0.5 * 0.2))
    assert plan["currency"] == "USD"


def test_the_task_that_waits_costs_too(run_cli: RunCli, priced: Path) -> None:
    """The cores of the sweep's own task count for as long as the sweep goes on."""
    words = ["--trial-time", "1h", "--trials", "40", "--agents", "4", "--json"]
    without = json.loads(run_cli("plan", *words, cwd=priced).out)["used"]
    settings = priced / "small" / "settings.py"
    settings.write_text(settings.read_text() + "PARENT_RESOURCES = flyte.Resources(cpu=3)\n")
    plan = json.loads(run_cli("plan", *words, cwd=priced).out)

    hours = plan["wall_s"]["likely"] / 3600 * 3
    cores, cost = (
        {kind: plan["used"][unit][kind] for kind in ("forecast", "most")}
        for unit in ("cpu_hours", "cost")
    )
    before = without["cpu_hours"]["forecast"]["likely"]
    assert cores["forecast"]["likely"] == pytest.approx(before + hours)
    assert cores["most"] == without["cpu_hours"]["most"] + 2 * 10 * 3
    assert cost["most"] == pytest.approx(without["cost"]["most"] + 2 * 10 * 3 * 0.2)
    assert plan["used"]["gpu_hours"] == without["gpu_hours"]


@pytest.mark.parametrize(("name", "one"), [("TRIALS", "trial"), ("AGENTS", "agent")])
def test_settings_without_a_trial_or_an_agent(
    run_cli: RunCli, project: Path, name: str, one: str
) -> None:
    """A sweep of nothing is refused with the setting's name and file."""
    settings = project / "small" / "settings.py"
    settings.write_text(settings.read_text() + f"{name} = 0\n")
    line = len(settings.read_text().splitlines())
    done = run_cli("plan", "--trial-time", "1m", cwd=project)

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"error: small/settings.py:{line}: `{name}` is `0`: a sweep needs at least one {one}. "
        f"Give the number of {one}s.\n"
    )


def test_numbers_that_are_text(run_cli: RunCli, project: Path) -> None:
    """A number in quotes is named with its line, before a task refuses it without one."""
    settings = project / "small" / "settings.py"
    settings.write_text(settings.read_text() + 'TRIALS = "20"\n')
    line = len(settings.read_text().splitlines())

    for command in (("plan", "--trial-time", "1m"), ("run", "--backend", "local")):
        done = run_cli(*command, cwd=project)
        assert (done.code, done.err) == (
            1,
            f"error: small/settings.py:{line}: `TRIALS` is text, `'20'`. Write `TRIALS = 20`.\n",
        )


def test_an_objective_that_no_longer_fits(run_cli: RunCli, project: Path) -> None:
    """What makes every trial fail stops a run before it starts, in the user's own file."""
    objective = project / "small" / "objective.py"
    objective.write_text("def objective(rate):\n    return {'loss': rate}\n")
    done = run_cli("run", "--backend", "local", cwd=project)

    assert done.code == 1
    assert "small/objective.py:1: `objective` needs `rate`, which the sweep does not" in done.err
    assert "`objective` has no parameter `" in done.err


def test_an_unknown_sweep(run_cli: RunCli, project: Path) -> None:
    """A sweep that is not there is an error, as in `run` and `best`."""
    done = run_cli("plan", "--sweep", "nosuch", cwd=project)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: There is no sweep `local/small/nosuch`.\n")


@pytest.mark.long
def test_trials_of_less_than_a_second_are_measured(run_cli: RunCli, project: Path) -> None:
    """A trial that logged nothing, and ended within a second, took at most that."""
    (project / "small" / "objective.py").write_text("def objective(lr, layers):\n    pass\n")
    start = time.monotonic()
    done = run_cli("run", "--trials", "1", cwd=project)
    elapsed = time.monotonic() - start
    plan = json.loads(run_cli("plan", "--json", cwd=project).out)

    assert done.code == 0, done.out
    assert plan["measured"].startswith("1 trial of sweep")
    assert 0 < plan["trial_s"]["likely"] <= elapsed


def test_a_sweep_that_its_time_limits_end(run_cli: RunCli, priced: Path) -> None:
    """What does not fit in the time limits is told, and no figure is above what they allow."""
    words = ["--trial-time", "1h", "--trials", "2000", "--agents", "1"]
    text = run_cli("plan", *words, cwd=priced).out
    plan = json.loads(run_cli("plan", *words, "--json", cwd=priced).out)
    fits = json.loads(run_cli("plan", "--trial-time", "1m", "--json", cwd=priced).out)

    need = r"its trials need \d{4}:\d\d:\d\d \(9 of 10: .*\)"
    limits = r"SWEEP_TIMEOUT \(10:00:00\) and AGENT_TIMEOUT \(2:00:00\) in settings.py"
    assert re.search(rf"^too long +{need}, more than {limits}: ", text, re.MULTILINE), text
    assert plan["too_short"] == {"SWEEP_TIMEOUT": 36000, "AGENT_TIMEOUT": 7200}
    assert plan["needed_wall_s"]["likely"] > 1000 * 3600
    assert plan["wall_s"]["high"] == 2 * 7200 <= plan["longest_wall_s"]
    for used in plan["used"].values():
        assert used["forecast"]["high"] == pytest.approx(used["most"])
    assert fits["too_short"] == {}
    assert fits["needed_wall_s"] == fits["wall_s"]


def test_no_more_agents_than_trials(run_cli: RunCli, project: Path) -> None:
    """As in a run, agents beyond the trials are none; a time may have hours and minutes."""
    words = ["--trials", "2", "--agents", "6", "--trial-time", "1h30m", "--json"]
    plan = json.loads(run_cli("plan", *words, cwd=project).out)

    told = run_cli("plan", *words[:-1], cwd=project).out
    assert (plan["trials"], plan["agents"], plan["rounds"]) == (2, 2, 1)
    assert plan["agents_asked"] == 6
    assert (
        "2 by 2 agents, 1 round; 6 agents were asked for, and 2 trials need no more than 2" in told
    )
    assert plan["trial_s"]["likely"] == pytest.approx(5400, rel=0.01)


def test_without_a_measured_trial(run_cli: RunCli, priced: Path) -> None:
    """Nothing is made up: the plan has the limits, and says how to measure."""
    done = run_cli("plan", cwd=priced)

    assert done.code == 0, done.err
    assert done.out == (
        "search       random over 2 hyperparameters, more points than can be counted\n"
        "trials       3 by 1 agent, 3 rounds\n"
        "a trial      unknown: `--pilot` runs one trial, `--trial-time 15m` says it\n"
        "at most      20:00:00, 8 GPU hours, 2 CPU hours, USD 24.4, if it reaches its time limits "
        "2 times (RETRIES, small/settings.py:15): SWEEP_TIMEOUT 10:00:00 (small/settings.py:14), "
        "AGENT_TIMEOUT 2:00:00 (small/settings.py:13)\n"
    )


def test_without_limits_nothing_is_the_most(run_cli: RunCli, project: Path) -> None:
    """Where settings.py says none, or one that bounds no figure, there is no such line."""
    settings = project / "small" / "settings.py"
    more = "import flyte\nAGENT_TIMEOUT = 60\nPARENT_RESOURCES = flyte.Resources(cpu=1)\n"
    settings.write_text(settings.read_text() + more)
    done = run_cli("plan", "--trial-time", "1s", cwd=project)

    assert done.code == 0, done.err
    assert "at most" not in done.out


def test_what_a_time_was_understood_as(run_cli: RunCli, project: Path) -> None:
    """A number alone is seconds; the words say so."""
    for text, words, seconds in (
        ("15", "15 seconds", 15),
        ("1.5m", "1 minute 30 seconds", 90),
        ("1h1m", "1 hour 1 minute", 3660),
    ):
        done = run_cli("plan", "--trial-time", text, cwd=project)
        plan = json.loads(run_cli("plan", "--trial-time", text, "--json", cwd=project).out)
        assert f"from what --trial-time says, {words}\n" in done.out
        assert plan["trial_s"]["likely"] == pytest.approx(seconds, rel=0.01)


def test_a_price_of_nearly_the_same_name(run_cli: RunCli, priced: Path) -> None:
    """That another price counts is told with the line of the name that may be meant."""
    (priced / "prices.toml").write_text("[prices]\ngpu = 1\nT4 = 2\nA10O = 3\n")
    warned = run_cli("plan", "--trial-time", "1h", cwd=priced)
    alone = json.loads(run_cli("plan", "--trial-time", "1h", "--json", cwd=priced).out)
    (priced / "prices.toml").write_text("[prices]\ngpu = 1\nT4 = 2\nH100 = 3\nA10 = 3\n")
    other = run_cli("plan", "--trial-time", "1h", cwd=priced)

    told = (
        "prices.toml:4: prices.A10O: There is no price of `A100`, which the agents have: the price "
        "of `gpu` counts. If `A10O` is meant for it, write `A100`."
    )
    assert warned.out.splitlines()[-1] == f"warning: {told}"
    assert [warning["line"] for warning in alone["warnings"]] == [4]
    assert "warning" not in other.out


def test_a_grid_has_its_size(run_cli: RunCli, project: Path) -> None:
    """A grid's points are counted, and it has no more trials than points."""
    text = (project / "sweep.yaml").read_text().replace("random", "grid")
    (project / "sweep.yaml").write_text(text.replace("{min: 0.1, max: 0.9}", "{values: [1, 2]}"))
    done = run_cli("plan", "--trials", "50", "--trial-time", "10s", cwd=project)

    assert "search       grid over 2 hyperparameters, 6 points\n" in done.out
    assert "trials       6 by 1 agent, 6 rounds\n" in done.out

    text = (project / "sweep.yaml").read_text().replace("{values: [1, 2]}", "{values: [1]}")
    (project / "sweep.yaml").write_text(text.replace("[1, 2, 4]", "[1]"))
    assert ", 1 point\n" in run_cli("plan", "--trial-time", "10s", cwd=project).out


@pytest.mark.parametrize(
    ("prices", "message"),
    [
        (
            PRICES + "[caps]\ncost = 20\n",
            ":6: caps.cost: Nobody knows how much of `cost` the sweep will take, and the cap is "
            "20. `wandb-flyte plan --pilot` tells.",
        ),
        (
            "[prices]\ncpu = 1\n[caps]\ncost = 20\n",
            ":4: caps.cost: Nobody knows how much of `cost` the sweep will take, and the cap is "
            "20. [prices] has no `A100`.",
        ),
        ("[caps]\ncost = -1\n", ":2: caps.cost: `-1` is no amount. Write a number from 0 on."),
    ],
)
def test_remote_runs_hold_to_the_caps(
    run_cli: RunCli, priced: Path, prices: str, message: str
) -> None:
    """`run --remote` starts nothing that may pass a cap; `--yes` leaves that to the user."""
    (priced / "prices.toml").write_text(prices)
    (priced / ".flyte").mkdir()
    config = "admin:\n  endpoint: dns:///127.0.0.1:1\n  insecure: true\n"
    (priced / ".flyte" / "config.yaml").write_text(config)
    held = run_cli("run", "--remote", cwd=priced)
    allowed = run_cli("run", "--remote", "--yes", cwd=priced)

    assert held.code == 1
    assert f"error: prices.toml{message}\n" in held.err
    assert "prices.toml" not in allowed.err
    assert "can't be reached" in allowed.err


def test_the_caps_of_kits(run_cli: RunCli, project: Path) -> None:
    """A plan says which caps of the project's kits `run --remote` would hold it to."""
    (project / "small" / "team.py").write_text("MOST_TRIALS = 1000\nMOST_AGENTS = None\n")
    words = ["--trial-time", "1s", "--agents", "30"]
    over = run_cli("plan", "--trials", "5000", *words, cwd=project)
    within = run_cli("plan", "--trials", "1000", *words, cwd=project)

    assert over.out.splitlines()[-1] == (
        "over the cap: small/team.py: The sweep has 5000 trials, and the cap of the project's kits "
        "is 1000. --yes runs it all the same."
    )
    assert "over the cap" not in within.out
    plan = json.loads(run_cli("plan", "--trials", "5000", *words, "--json", cwd=project).out)
    assert [found["file"] for found in plan["over_caps"]] == ["small/team.py"]


def test_a_warning_beside_a_cap_is_called_one(run_cli: RunCli, priced: Path) -> None:
    """A price of nearly the same name is no reason by itself that nothing starts."""
    (priced / "prices.toml").write_text("[prices]\nA10O = 3\n[caps]\ncost = 20\n")
    held = run_cli("run", "--remote", cwd=priced)

    assert held.code == 1
    told = [line.split(": There")[0].split(": Nobody")[0] for line in held.err.splitlines()]
    assert told == [
        "error: prices.toml:4: caps.cost",
        "warning: prices.toml:2: prices.A10O",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        *(
            (
                ["--trial-time", text],
                f"`{text}` is no time. Write 90s, 15m or 1h30m; a number alone is seconds.",
            )
            for text in ("soon", "1h30", "5s1m", "0s", "")
        ),
        (["--pilot", "--sweep", "x"], "--trial-time, --pilot and --sweep exclude each other."),
    ],
)
def test_options_that_do_not_fit(
    run_cli: RunCli, project: Path, words: list[str], message: str
) -> None:
    """What can't be meant is wrong usage."""
    done = run_cli("plan", *words, cwd=project)

    assert done.code == 2
    assert message in done.err
