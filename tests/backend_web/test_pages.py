"""What the pages show."""

import json
import re

import pytest
from wandb_flyte.backend.store import projects, runs

SWEEP = "/local/digits/sweeps/abcd1234"


def cells(page: str, row: str) -> list[str]:
    """The texts in the table row that holds `row`."""
    (found,) = [
        r for r in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if f">{row}<" in r and "<td" in r
    ]
    return [
        re.sub(r"<[^>]+>", "", cell).strip()
        for cell in re.findall(r"<td.*?</td>", found, re.DOTALL)
    ]


def picture(page: str, kind: str) -> str:
    """The first chart of that kind."""
    return page[page.index(f'<svg class="chart {kind}"') :].split("</svg>")[0]


def order(page: str) -> list[str]:
    """The run ids in the trials' table, from the top."""
    table = page[page.index("<h2>Trials</h2>") :]
    return re.findall(r'class="link" href="/local/digits/runs/(\w+)"', table)


def test_an_empty_backend_says_how_to_start(world):
    """No sweep yet: the command that makes one."""
    assert "<code>wandb-flyte run</code> in a project starts one" in world.get("/")


def test_the_front_page_lists_the_sweeps_of_all_projects(world, digits):
    """Each with its project, state, trials, failures and best value, newest first."""
    world.sweep({"method": "grid", "parameters": {"a": {"values": [1, 2]}}}, project="other")

    page = world.get("/")

    sweeps = page.split("<h2>Projects</h2>")[0]
    row = cells(sweeps, "digits-lr")
    assert row[:8] == ["digits-lr", "digits", "running", "bayes", "6 of 8", "1", "loss", "0.094"]
    assert sweeps.index(">other<") < sweeps.index(">digits<")


def test_the_front_page_lists_every_project(world, digits):
    """Those without a sweep too, each with how many runs it has, the last active one first."""
    world.trial(None, "alone", {}, losses=[1.0], project="plain <runs>")

    page = world.get("/").split("<h2>Projects</h2>")[1]

    assert cells(page, "plain &lt;runs&gt;")[:3] == ["plain &lt;runs&gt;", "1", ""]
    assert cells(page, "digits")[:3] == ["digits", "7", "1"]
    assert page.index("plain &lt;") < page.index(">digits<")
    assert 'href="/local/plain%20%3Cruns%3E"' in page


def test_the_front_page_has_the_newest_sweeps_alone(world):
    """The projects are not far below them; a project's own page has all of its sweeps."""
    for index in range(21):
        world.sweep(name=f"sweep{index}")

    assert ">sweep0<" not in world.get("/")
    assert ">sweep20<" in world.get("/")
    assert ">sweep0<" in world.get("/local/digits")


@pytest.mark.parametrize("path", ["/local/digits", "/local/digits/sweeps"])
def test_a_project_lists_its_own_sweeps_and_runs(world, digits, path):
    """Sweeps and runs of other projects are not there; runs without a sweep are."""
    world.sweep(project="other", name="elsewhere")
    world.trial(None, "alone", {}, losses=[1.0])

    page = world.get(path)

    assert ">digits-lr<" in page
    assert "elsewhere" not in page
    assert '/local/digits/runs/alone"' in page


def test_a_sweep_shows_its_best_trial(world, digits):
    """The finished trial with the best metric, with all of its hyperparameters."""
    page = world.get(SWEEP)

    assert '<div class="figure">0.094</div>' in page
    assert "trial 4, calm-sweep-3" in page
    assert cells(page, "net.act")[1] == "tanh"
    assert "trials <b>6 of 8</b>" in page
    assert "failed <b>1</b>" in page


def test_a_sweep_lists_its_trials(world, digits):
    """Newest first: number, name, state, metric, hyperparameters, duration."""
    page = world.get(SWEEP)

    assert order(page) == [f"run{index}" for index in range(6, -1, -1)]
    columns = ["4", "calm-sweep-3", "finished", "0.094", "0.008", "64", "tanh", "5", "2.5 s"]
    assert cells(page, "calm-sweep-3") == columns


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("number", ["run0", "run1"]),
        ("metric", ["run3", "run2"]),
        ("-metric", ["run0", "run4"]),
        ("config.lr", ["run4", "run1"]),
        ("-config.net.width", ["run5", "run6"]),
        ("state", ["run5", "run0"]),
        ("nonsense", ["run6", "run5"]),
        ("config.nonsense", ["run6", "run5"]),
    ],
)
def test_trials_are_ordered_by_any_column(world, digits, sort, first):
    """Up or down; what is no column leaves them newest first."""
    assert order(world.get(f"{SWEEP}?sort={sort}"))[:2] == first


@pytest.mark.parametrize("sort", ["metric", "-metric"])
def test_trials_without_a_value_come_last(world, digits, sort):
    """Whichever way round the column goes."""
    assert order(world.get(f"{SWEEP}?sort={sort}"))[-1] == "run5"


def test_many_trials_are_shown_page_by_page(world):
    """A hundred on a page; a page beyond the last one is the last one."""
    sweep = world.sweep(name="abcd1234")
    for index in range(101):
        world.trial(sweep, f"run{index}", {"lr": 0.1}, losses=[1.0])

    assert len(order(world.get(SWEEP))) == 100
    assert order(world.get(f"{SWEEP}?page=2")) == ["run0"]
    assert order(world.get(f"{SWEEP}?page=99")) == ["run0"]
    assert len(order(world.get(f"{SWEEP}?page=-1"))) == 100


def test_the_charts_of_a_sweep(world, digits):
    """A dot for each trial with a metric, the best so far as a line, one chart a parameter."""
    page = world.get(SWEEP)

    charts = re.findall(
        r'<svg class="chart (\w+)".*?aria-label="([^"]+)".*?</svg>', page, re.DOTALL
    )
    assert charts[0] == ("trials", "loss")
    assert [name for kind, name in charts[1:] if kind == "parameter"] == [
        "lr",
        "net.width",
        "net.act",
    ]
    first = picture(page, "trials")
    assert first.count("<circle") == 6
    assert first.count('<circle class="best"') == 1
    assert "<title>trial 4 (finished): 0.094</title>" in first
    assert first.count('<path class="course"') == 1


def test_a_chart_of_many_trials_stays_small(world):
    """Past 600 dots they are thinned; the best one is always there, drawn last."""
    sweep = world.sweep(name="abcd1234")

    def make(db):
        home = projects.ensure(db, "local", "digits")
        for index in range(1500):
            config = json.dumps({"lr": {"value": 1 / (index + 1)}})
            run = runs.insert(db, home, f"run{index}", "finished", sweep_id=sweep.pk, config=config)
            loss = 0.5 if index == 7 else 1.0 + index
            runs.update(db, run, {"summary": json.dumps({"loss": loss})})

    world.database.write(make).result()

    page = world.get(SWEEP)

    for kind in ("trials", "parameter"):
        dots = re.findall('<circle class="([^"]+)"', picture(page, kind))
        assert len(dots) == 601
        assert dots[-1] == "best"


def test_a_sweep_without_trials_or_metric_has_a_page(world):
    """Nothing to draw is said, not drawn."""
    world.sweep({"method": "grid", "parameters": {"a": {"values": [1]}}}, name="plain")

    page = world.get("/local/digits/sweeps/plain")

    assert "The sweep config names no metric." in page
    assert "No trial yet." in page


def test_a_sweep_whose_config_does_not_run_here_has_a_page(world):
    """A config that only a newer W&B understands is shown as it is."""
    sweep = world.sweep("method: custom\nparameters: {a: {value: 1}}\n", name="odd")
    world.trial(sweep, "run0", {"a": 1}, losses=[1.0])

    page = world.get("/local/digits/sweeps/odd")

    assert "method: custom" in page
    assert cells(page, "1")[0] == "1"


def test_metrics_that_are_no_numbers_are_left_out(world):
    """NaN and texts make no dot and no best trial; a nested metric does."""
    config = {
        "method": "random",
        "metric": {"name": "val.loss"},
        "parameters": {"lr": {"min": 0.0, "max": 1.0}},
    }
    sweep = world.sweep(config, name="nan")
    for index, summary in enumerate(['{"val":{"loss":NaN}}', '{"val.loss":"bad"}', "{}"]):
        post = {"files": {"wandb-summary.json": {"offset": 0, "content": [summary]}}}
        world.trial(sweep, f"bad{index}", {"lr": 0.1 * index}, post=post)
    post = {"files": {"wandb-summary.json": {"offset": 0, "content": ['{"val":{"loss":0.5}}']}}}
    world.trial(sweep, "good", {"lr": 0.9}, post=post)

    page = world.get("/local/digits/sweeps/nan")

    assert '<div class="figure">0.5</div>' in page
    assert picture(page, "trials").count("<circle") == 1


def test_a_run_shows_what_it_logged(world, digits):
    """Config, summary, a chart for each metric, its last console lines without stamps."""
    world.trial(
        digits,
        "chatty",
        {"lr": 0.5},
        losses=[3.0, 2.0, 1.0],
        log=[
            "2025-01-31T12:00:00.123456 epoch 1",
            "ERROR 2025-01-31T12:00:01.123456 Traceback: bad",
            '{"level":"error","ts":"2025-01-31T12:00:01","content":"\\u001b[31mred\\u001b[0m"}',
        ],
        host="box",
        program="train.py",
        exit_code=3,
        state="failed",
    )

    page = world.get("/local/digits/runs/chatty")

    assert "exit code <b>3</b>" in page
    assert cells(page, "lr") == ["lr", "0.5"]
    assert cells(page, "loss") == ["loss", "1"]
    assert len(re.findall(r'<svg class="chart metric"', page)) == 1
    assert "\nepoch 1\n" in page
    assert '<span class="error">Traceback: bad</span>' in page
    assert '<span class="error">red</span>' in page


def test_a_failed_run_says_why(world, digits):
    """Why a trial failed, and where, as text; a run that finished after all shows nothing."""
    kept = {"error": "ValueError: <b>bad</b> rate", "where": "objective.py:7 in train"}
    summary = {"offset": 0, "content": [json.dumps({"_wandb_flyte": kept})]}
    post = {"files": {"wandb-summary.json": summary}}
    world.trial(digits, "broken", {"lr": 1.0}, state="failed", post=post)
    world.trial(digits, "mended", {"lr": 1.0}, state="finished", post=post)

    page = world.get("/local/digits/runs/broken")

    assert "<h3>Why it failed</h3>" in page
    assert "<p>ValueError: &lt;b&gt;bad&lt;/b&gt; rate</p>" in page
    assert '<p class="soft">objective.py:7 in train</p>' in page
    assert "ValueError" not in world.get("/local/digits/runs/mended")


def test_a_sweep_says_why_its_trials_failed(world, digits):
    """Beside the state, as text; a trial that waits to be taken up has no duration."""
    kept = {"error": "ValueError: <b>bad</b> rate", "where": "objective.py:7 in train"}
    summary = {"offset": 0, "content": [json.dumps({"_wandb_flyte": kept})]}
    post = {"files": {"wandb-summary.json": summary}}
    world.trial(digits, "broken", {"lr": 1.0}, state="failed", post=post, display_name="broken")
    world.trial(digits, "waits", {"lr": 1.0}, state="pending", display_name="waits")

    page = world.get(SWEEP)

    assert cells(page, "broken")[2].split("\n") == [
        "failed",
        "ValueError: &lt;b&gt;bad&lt;/b&gt; rate",
    ]
    assert cells(page, "waits")[-1] == ""


def test_a_run_whose_name_can_t_be_seen_has_its_id(world):
    """There is something to click on and to read."""
    world.trial(None, "run0", {"act": ""}, display_name=" ")

    page = world.get("/local/digits/runs/run0")

    assert '/local/digits/runs/run0">run0</a>' in world.get("/local/digits")
    assert "<h1>run0</h1>" in page
    assert cells(page, "act")[1] == "&#34;&#34;"


def test_wandb_flyte_s_own_worker_is_no_program_to_name(world):
    """It runs every trial, and tells nothing of this one."""
    world.trial(None, "run0", {}, program="-m wandb_flyte.runtime.trials.worker")
    world.trial(None, "run1", {}, program="train.py")

    assert "program" not in world.get("/local/digits/runs/run0")
    assert "program <b>train.py</b>" in world.get("/local/digits/runs/run1")


def test_a_long_history_and_log_are_thinned(world):
    """A picture needs no more points than it has pixels, a page no more than the last lines."""
    world.trial(
        None,
        "long",
        {},
        losses=[1 / (i + 1) for i in range(5000)],
        log=[f"l{i}" for i in range(1000)],
    )

    page = world.get("/local/digits/runs/long")

    course = re.search(r'<path class="course" d="([^"]+)"', page)[1]
    assert 400 < course.count("L") < 600
    assert "700 earlier lines are not shown." in page
    assert "\nl999\n" in page


def test_numbers_that_no_float_holds_do_no_harm(world):
    """Infinite and huge integers in config, summary and history are shown as texts."""
    sweep = world.sweep(name="abcd1234")
    huge = 10**400
    for index, value in enumerate([float("inf"), huge, 0.1]):
        row = json.dumps({"loss": float("inf"), "_step": index})
        summary = json.dumps({"loss": value, "more": huge, "_runtime": huge})
        post = {
            "files": {
                "wandb-history.jsonl": {"offset": 0, "content": [row]},
                "wandb-summary.json": {"offset": 0, "content": [summary]},
            }
        }
        world.trial(sweep, f"run{index}", {"lr": value}, post=post)

    page = world.get(f"{SWEEP}?sort=config.lr")

    assert '<div class="figure">0.1</div>' in page
    assert str(huge) in world.get("/local/digits/runs/run1")


@pytest.mark.parametrize(
    "path",
    ["/local/none", "/local/none/sweeps/x", "/local/digits/sweeps/none", "/local/digits/runs/none"],
)
def test_what_is_not_there_is_said(world, digits, path):
    """404 with the address and the way back."""
    assert f"has nothing at {path}." in world.get(path, status=404)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/local/digits/workspace", "/local/digits"),
        ("/local/digits/runs/run1/overview", "/local/digits/runs/run1"),
    ],
)
def test_w_and_b_s_other_addresses_lead_on(world, digits, path, target):
    """Links that W&B's clients print end up on a page."""
    answer = world.ask(path)

    assert (answer.status_code, answer.headers["location"]) == (307, target)


def test_a_live_sweep_refreshes_faster(world, digits):
    """Every 2 s while trials are to come, seldom when it is over."""
    world.sweep(name="over", state="FINISHED")

    assert '<main data-refresh="2">' in world.get(SWEEP)
    assert '<main data-refresh="30">' in world.get("/local/digits/sweeps/over")


def test_a_live_run_with_a_long_history_refreshes_seldom(world):
    """Its charts take the server some tenths of a second each time."""
    world.trial(None, "run0", {}, state="running")

    assert '<main data-refresh="2">' in world.get("/local/digits/runs/run0")

    def grow(db):
        run = runs.find(db, projects.find(db, "local", "digits"), "run0")
        runs.update(db, run, {"history_lines": 20_000})

    world.database.write(grow).result()
    assert '<main data-refresh="10">' in world.get("/local/digits/runs/run0")
